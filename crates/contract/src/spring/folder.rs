use std::fs::File;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

/// Largest body that is read from a file, in bytes.
const MAX_BODY_FILE: u64 = 16 << 20;

/// The folder that a contract stands in: the files it names are there or below.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// That of a contract's file.
    pub(super) fn of(file: &Path) -> Self {
        let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
        Self(folder.unwrap_or(Path::new(".")).to_owned())
    }

    /// What is in a file. Blocks.
    ///
    /// # Errors
    /// In plain words: it cannot be read, is too large, or is outside the folder.
    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let outside = || format!("`{name}` is outside the contract's folder");
        let is_plain = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(name).components().all(is_plain) {
            return Err(outside());
        }
        let failed = |error: std::io::Error| format!("`{name}` cannot be read: {error}");
        let root = self.0.canonicalize().map_err(failed)?;
        // Links are followed only to where they stay inside.
        let path = self.0.join(name).canonicalize().map_err(failed)?;
        if !path.starts_with(&root) {
            return Err(outside());
        }
        if !path.is_file() {
            return Err(format!("`{name}` is not a file"));
        }
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(failed)?;
        let mut file = file.take(MAX_BODY_FILE + 1);
        file.read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > MAX_BODY_FILE {
            let most = MAX_BODY_FILE >> 20;
            return Err(format!("`{name}` is larger than {most} MiB"));
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_folder_are_read() {
        let root = tempfile::tempdir().expect("a folder");
        let inner = root.path().join("contracts/bodies");
        std::fs::create_dir_all(&inner).expect("made");
        std::fs::write(inner.join("a.json"), "{}").expect("written");
        std::fs::write(root.path().join("secret"), "s").expect("written");
        let folder = Folder::of(&root.path().join("contracts/c.yaml"));
        assert_eq!(folder.read("bodies/a.json"), Ok(b"{}".to_vec()));
        assert_eq!(folder.read("./bodies/a.json"), Ok(b"{}".to_vec()));
        let absolute = root.path().join("secret").display().to_string();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&absolute, inner.join("link")).expect("linked");
        for (name, words) in [
            ("../secret", "outside"),
            ("bodies/../../secret", "outside"),
            (absolute.as_str(), "outside"),
            ("bodies/link", "outside"),
            ("bodies", "not a file"),
            ("gone.json", "cannot be read"),
        ] {
            let why = folder.read(name).expect_err(name);
            assert!(why.contains(words) && why.contains(name), "{why}");
        }
    }
}
