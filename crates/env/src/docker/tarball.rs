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
        let is_left_out = is_left_out(leave_out, &path, kind.is_dir());
        // What is left out as a whole may hold what is not.
        if is_left_out && !(kind.is_dir() && leave_out.num_whitelists() > 0) {
            continue;
        }
        let to = to.join(entry.file_name());
        if kind.is_dir() {
            if !is_left_out {
                archive.append_dir(&to, &path)?;
            }
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

/// Whether a path, or a folder that it lies in, is named; the nearest pattern counts.
fn is_left_out(leave_out: &Gitignore, path: &Path, is_dir: bool) -> bool {
    !leave_out.is_empty()
        && leave_out
            .matched_path_or_any_parents(path, is_dir)
            .is_ignore()
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
