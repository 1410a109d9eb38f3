use std::path::PathBuf;

use super::inode::{Content, Kind};
use super::{Disk, Errno, Ino, ROOT, Result};

/// Symbolic links followed at most in one path.
const MOST_LINKS: u32 = 40;

/// Bytes of one name, and of a whole path.
const MOST_NAME_BYTES: usize = 255;
const MOST_PATH_BYTES: usize = 4095;

/// What a path ends in: whether a symbolic link there is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Follow {
    Yes,
    No,
}

/// The folder that a path leads to, and the last name in it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) folder: Ino,
    /// Empty where the path ends in a folder without a name of its own (`/`, `.`, `..`).
    pub(super) name: String,
    /// What stands there.
    pub(super) ino: Option<Ino>,
    /// Whether the path ends in a slash: what it names has to be a folder.
    pub(super) must_be_folder: bool,
}

impl Disk {
    /// What a path leads to.
    pub(super) fn find(&mut self, path: &str, follow: Follow) -> Result<Ino> {
        let place = self.locate(path, follow)?;
        let ino = place.ino.ok_or(Errno::ENOENT)?;
        if place.must_be_folder && self.inode(ino).kind() != Kind::Folder {
            return Err(Errno::ENOTDIR);
        }
        Ok(ino)
    }

    /// Where a path leads, whether or not something stands there.
    pub(super) fn locate(&mut self, path: &str, follow: Follow) -> Result<Place> {
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        if path.len() > MOST_PATH_BYTES {
            return Err(Errno::ENAMETOOLONG);
        }
        let start = self.start_of(path)?;
        self.walk(start, path, follow, 0)
    }

    fn start_of(&mut self, path: &str) -> Result<Ino> {
        if path.starts_with('/') {
            return Ok(ROOT);
        }
        let folder = self.folder.to_string_lossy().into_owned();
        Ok(self
            .walk(ROOT, &folder, Follow::Yes, 0)?
            .ino
            .unwrap_or(ROOT))
    }

    fn walk(&mut self, start: Ino, path: &str, follow: Follow, links: u32) -> Result<Place> {
        let must_be_folder = path.ends_with('/') && path.len() > 1;
        let mut at = if path.starts_with('/') { ROOT } else { start };
        let mut parts = path.split('/').filter(|part| !part.is_empty()).peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            if part.len() > MOST_NAME_BYTES {
                return Err(Errno::ENAMETOOLONG);
            }
            self.search(at)?;
            if part == "." || part == ".." {
                if part == ".." {
                    at = self.inode(at).parent;
                }
                continue;
            }
            let found = self.entry(at, part)?;
            if is_last && (found.is_none() || follow == Follow::No && !must_be_folder) {
                return Ok(Place {
                    folder: at,
                    name: part.to_owned(),
                    ino: found,
                    must_be_folder,
                });
            }
            let ino = found.ok_or(Errno::ENOENT)?;
            if let Content::Link(target) = &self.inode(ino).content {
                if links >= MOST_LINKS {
                    return Err(Errno::ELOOP);
                }
                let target = target.clone();
                let place = self.walk(at, &target, Follow::Yes, links + 1)?;
                if is_last {
                    return Ok(Place {
                        must_be_folder: must_be_folder || place.must_be_folder,
                        ..place
                    });
                }
                at = place.ino.ok_or(Errno::ENOENT)?;
            } else if is_last {
                return Ok(Place {
                    folder: at,
                    name: part.to_owned(),
                    ino: Some(ino),
                    must_be_folder,
                });
            } else {
                at = ino;
            }
        }
        Ok(Place {
            folder: at,
            name: String::new(),
            ino: Some(at),
            must_be_folder: true,
        })
    }

    /// What stands under a name in a folder.
    fn entry(&mut self, folder: Ino, name: &str) -> Result<Option<Ino>> {
        let Content::Folder(entries) = &self.inode(folder).content else {
            return Err(Errno::ENOTDIR);
        };
        let found = entries.get(name).copied();
        if let Some(ino) = found {
            self.read_machine(ino);
        }
        Ok(found)
    }

    /// Going through a folder needs its `x`.
    fn search(&self, ino: Ino) -> Result<()> {
        let inode = self.inode(ino);
        match inode.kind() {
            Kind::Folder if inode.mode & 0o100 == 0 => Err(Errno::EACCES),
            Kind::Folder => Ok(()),
            _ => Err(Errno::ENOTDIR),
        }
    }

    /// Makes a folder the one where relative paths begin, and gives its whole path.
    pub(crate) fn chdir(&mut self, path: &str) -> Result<String> {
        let ino = self.find(path, Follow::Yes)?;
        self.search(ino)?;
        let whole = self.realpath(path)?;
        self.folder = PathBuf::from(&whole);
        Ok(whole)
    }

    /// The path of a folder or file without links, `.` and `..`.
    pub(crate) fn realpath(&mut self, path: &str) -> Result<String> {
        let place = self.locate(path, Follow::Yes)?;
        let ino = place.ino.ok_or(Errno::ENOENT)?;
        let mut names = Vec::new();
        if !place.name.is_empty() {
            names.push(place.name);
        }
        let mut at = if names.is_empty() { ino } else { place.folder };
        while !Self::is_root(at) {
            let parent = self.inode(at).parent;
            let Content::Folder(entries) = &self.inode(parent).content else {
                break;
            };
            let name = entries.iter().find(|(_, ino)| **ino == at);
            names.push(name.ok_or(Errno::ENOENT)?.0.clone());
            at = parent;
        }
        names.reverse();
        Ok(format!("/{}", names.join("/")))
    }
}
