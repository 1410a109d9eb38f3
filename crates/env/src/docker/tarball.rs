use std::io;
use std::path::Path;

use ignore::gitignore::Gitignore;

/// More than this is not sent to an engine: a context is a folder of a service, not of a disk.
const MOST_BYTES: u64 = 1 << 30;

/// The files under `from` as a tar archive, each at `to` and its path below `from`. Times are left
/// out, so that the same files make the same archive.
///
/// # Errors
/// When a file cannot be read, or all together are too many.
pub(crate) fn tarball(from: &Path, to: &str, leave_out: &Gitignore) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    archive.mode(tar::HeaderMode::Deterministic);
    let mut room = MOST_BYTES;
    if from.is_dir() {
        folder(&mut archive, from, Path::new(to), leave_out, &mut room)?;
    } else {
        file(&mut archive, from, Path::new(to), &mut room)?;
    }
    archive.into_inner()
}

type Archive = tar::Builder<Vec<u8>>;

fn folder(
    archive: &mut Archive,
    from: &Path,
    to: &Path,
    leave_out: &Gitignore,
    room: &mut u64,
) -> io::Result<()> {
    let mut entries = std::fs::read_dir(from)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type()?;
        if leave_out.matched(&path, kind.is_dir()).is_ignore() {
            continue;
        }
        let to = to.join(entry.file_name());
        if kind.is_dir() {
            archive.append_dir(&to, &path)?;
            folder(archive, &path, &to, leave_out, room)?;
        } else if kind.is_symlink() {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            archive.append_link(&mut header, &to, std::fs::read_link(&path)?)?;
        } else if kind.is_file() {
            file(archive, &path, &to, room)?;
        }
    }
    Ok(())
}

fn file(archive: &mut Archive, from: &Path, to: &Path, room: &mut u64) -> io::Result<()> {
    let bytes = std::fs::metadata(from)?.len();
    *room = room.checked_sub(bytes).ok_or_else(|| {
        io::Error::other(
            "there is more than 1 GiB of it; name what is not needed in `.dockerignore`",
        )
    })?;
    archive.append_path_with_name(from, to)
}
