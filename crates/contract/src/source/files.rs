use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// The contract files that a source names: itself, or every file below it with one of the
/// extensions, sorted by path. Links to folders are not followed, so a loop of links ends.
///
/// # Errors
/// The path that could not be looked at, and why.
pub(super) fn files(
    source: &Path,
    extensions: &[&str],
) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    if !source.metadata().map_err(failed(source))?.is_dir() {
        return Ok(vec![source.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().map_err(failed(&folder))? {
            let entry = entry.map_err(failed(&folder))?;
            let path = entry.path();
            if entry.file_type().map_err(failed(&path))?.is_dir() {
                folders.push(path);
            } else if has_extension(&path, extensions) && !path.is_dir() {
                found.push(path);
            }
        }
    }
    found.sort_by_cached_key(|path| order(path));
    Ok(found)
}

/// Each part of the path, one that begins with a number by that: `2_` stands before `10_`.
fn order(path: &Path) -> Vec<(u64, OsString)> {
    let parts = path.iter().map(|part| {
        let number = part.to_str().and_then(number);
        (number.unwrap_or(u64::MAX), part.to_owned())
    });
    parts.collect()
}

/// The number that a file's name begins with: 2 of `2_pays.yaml`.
pub(crate) fn number(name: &str) -> Option<u64> {
    name.split_once('_')?.0.parse().ok()
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    let extension = extension.unwrap_or_default();
    extensions
        .iter()
        .any(|it| it.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_searched_recursively_and_in_order() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in [
            "b.json",
            "a/deep/z.json",
            "a/n.JSON",
            "10_last.json",
            "2_first.json",
            "README.md",
            "c.json.bak",
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
            std::fs::write(path, "{}").expect("written");
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop.json")).expect("linked");
        let names: Vec<String> = files(folder.path(), &["json"])
            .expect("readable")
            .iter()
            .map(|path| {
                let inside = path.strip_prefix(folder.path()).expect("inside");
                inside.display().to_string()
            })
            .collect();
        let expected = [
            "2_first.json",
            "10_last.json",
            "a/deep/z.json",
            "a/n.JSON",
            "b.json",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_source_that_is_not_there_is_named() {
        let (path, error) = files(Path::new("no/such/pacts"), &["json"]).expect_err("missing");
        assert_eq!(path, Path::new("no/such/pacts"));
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
