use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Disk, Ino, ROOT};

/// A file, folder or symbolic link, whatever names lead to it.
#[derive(Debug)]
pub(super) struct Inode {
    pub(super) content: Content,
    /// Permissions, without the bits of the type.
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Names that lead to it.
    pub(super) links: u32,
    /// Descriptors that are open on it.
    pub(super) opened: u32,
    /// The folder that `..` means here.
    pub(super) parent: Ino,
    pub(super) accessed_ns: u64,
    pub(super) modified_ns: u64,
    pub(super) changed_ns: u64,
    pub(super) born_ns: u64,
}

#[derive(Debug)]
pub(super) enum Content {
    File(Vec<u8>),
    /// By name, which is also the order in which a folder is listed.
    Folder(BTreeMap<String, Ino>),
    Link(String),
    /// Not looked at yet: this path of the machine.
    Unread(PathBuf),
}

/// What an inode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
}

impl Kind {
    /// The bits of `st_mode`.
    const fn bits(self) -> u32 {
        match self {
            Self::File => 0o100_000,
            Self::Folder => 0o040_000,
            Self::Link => 0o120_000,
        }
    }

    /// libuv's number for it in a listing (`UV_DIRENT_FILE`, …).
    pub(crate) const fn entry_type(self) -> u32 {
        match self {
            Self::File => 1,
            Self::Folder => 2,
            Self::Link => 3,
        }
    }
}

/// What `stat` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) mode: u32,
    pub(crate) links: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) ino: u64,
    pub(crate) size: u64,
    pub(crate) accessed_ns: u64,
    pub(crate) modified_ns: u64,
    pub(crate) changed_ns: u64,
    pub(crate) born_ns: u64,
}

impl Inode {
    pub(super) fn new(content: Content, mode: u32, parent: Ino, now_ns: u64) -> Self {
        Self {
            content,
            mode,
            uid: 0,
            gid: 0,
            links: 1,
            opened: 0,
            parent,
            accessed_ns: now_ns,
            modified_ns: now_ns,
            changed_ns: now_ns,
            born_ns: now_ns,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match &self.content {
            Content::File(_) | Content::Unread(_) => Kind::File,
            Content::Folder(_) => Kind::Folder,
            Content::Link(_) => Kind::Link,
        }
    }
}

impl Disk {
    pub(super) fn stat_of(&self, ino: Ino) -> Stat {
        let inode = self.inode(ino);
        let (size, links) = match &inode.content {
            Content::File(bytes) => (bytes.len(), inode.links),
            Content::Link(target) => (target.len(), inode.links),
            Content::Folder(entries) => {
                let folders = entries
                    .values()
                    .filter(|entry| self.inode(**entry).kind() == Kind::Folder)
                    .count();
                // `.` counts for a folder and `..` for each of its folders.
                (4096, inode.links + 1 + folders as u32)
            }
            Content::Unread(_) => (0, inode.links),
        };
        Stat {
            mode: inode.kind().bits() | inode.mode,
            links,
            uid: inode.uid,
            gid: inode.gid,
            ino,
            size: size as u64,
            accessed_ns: inode.accessed_ns,
            modified_ns: inode.modified_ns,
            changed_ns: inode.changed_ns,
            born_ns: inode.born_ns,
        }
    }

    /// Takes over from the machine what was granted and is looked at for the first time. What
    /// cannot be read, or does not fit, is an empty file.
    pub(super) fn read_machine(&mut self, ino: Ino) {
        let Content::Unread(path) = &self.inode(ino).content else {
            return;
        };
        let path = path.clone();
        let is = |check: fn(&std::fs::Metadata) -> bool| {
            std::fs::symlink_metadata(&path).is_ok_and(|metadata| check(&metadata))
        };
        let content = if is(std::fs::Metadata::is_symlink) {
            let target = std::fs::read_link(&path).unwrap_or_default();
            Content::Link(target.to_string_lossy().into_owned())
        } else if is(std::fs::Metadata::is_dir) {
            let mut names: Vec<_> = std::fs::read_dir(&path)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.file_name())
                .collect();
            names.sort();
            let mut entries = BTreeMap::new();
            for name in names {
                let entry = self.add(Content::Unread(path.join(&name)), 0o755, ino);
                entries.insert(name.to_string_lossy().into_owned(), entry);
            }
            Content::Folder(entries)
        } else {
            self.inode_mut(ino).mode = 0o644;
            let bytes = std::fs::read(&path).unwrap_or_default();
            match self.account(0, bytes.len()) {
                Ok(()) => Content::File(bytes),
                Err(_) => Content::File(Vec::new()),
            }
        };
        self.inode_mut(ino).content = content;
    }

    /// Whether a file named by the machine is the root itself.
    pub(super) const fn is_root(ino: Ino) -> bool {
        ino == ROOT
    }
}
