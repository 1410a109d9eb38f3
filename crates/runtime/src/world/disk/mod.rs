//! The simulated disk: files and folders in memory, as Linux behaves to the owner of all of them.
//!
//! It begins with the program's folder and `/tmp`, both empty, and the folders above them. Folders
//! of the machine that were granted by name are read from it when they are first looked into;
//! nothing is ever written to it.

mod faults;
mod inode;
mod names;
mod open_files;
mod walk;

pub(crate) use faults::Faults;
pub(crate) use inode::Stat;
pub(crate) use walk::Follow;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::errno::Errno;
use inode::{Content, Inode};
use open_files::OpenFile;

type Ino = u64;

pub(crate) type Result<T> = std::result::Result<T, Errno>;

/// What all files may hold together; beyond it writing fails with ENOSPC.
const CAPACITY_BYTES: u64 = 128 << 20;

/// Bytes of a block, in which room is counted.
pub(crate) const BLOCK_BYTES: u64 = 4096;

/// What a disk of this size is said to have room for; it is not held to it.
const MOST_FILES: u64 = CAPACITY_BYTES / BLOCK_BYTES;

const ROOT: Ino = 1;

/// What is left of the disk.
pub(crate) struct Room {
    pub(crate) blocks: u64,
    pub(crate) free_blocks: u64,
    pub(crate) files: u64,
    pub(crate) free_files: u64,
}

#[derive(Debug)]
pub(crate) struct Disk {
    inodes: BTreeMap<Ino, Inode>,
    next_ino: Ino,
    /// By descriptor. The first three are the standard streams'.
    open: BTreeMap<i32, OpenFile>,
    /// Where relative paths begin.
    folder: PathBuf,
    bytes: u64,
    pub(crate) faults: Faults,
    /// The instant of the operation under way, in nanoseconds since 1970.
    now_ns: u64,
}

impl Disk {
    /// A disk with the program's `folder`, and what is readable of the machine's.
    pub(crate) fn new(folder: &Path, readable: &[PathBuf], faults: Faults, now_ns: u64) -> Self {
        let mut disk = Self {
            inodes: BTreeMap::new(),
            next_ino: ROOT,
            open: BTreeMap::new(),
            folder: folder.to_owned(),
            bytes: 0,
            faults,
            now_ns,
        };
        disk.add(Content::Folder(BTreeMap::new()), 0o755, ROOT);
        disk.make_path(folder);
        let tmp = disk.make_path(Path::new("/tmp"));
        disk.inode_mut(tmp).mode = 0o1777;
        for granted in readable {
            let Some((parent, name)) = granted.parent().zip(granted.file_name()) else {
                continue;
            };
            let parent = disk.make_path(parent);
            let ino = disk.add(Content::Unread(granted.clone()), 0o755, parent);
            let name = name.to_string_lossy().into_owned();
            if let Content::Folder(entries) = &mut disk.inode_mut(parent).content {
                entries.insert(name, ino);
            }
            disk.read_machine(ino);
        }
        disk
    }

    /// Sets the instant of what is done next, in nanoseconds since 1970.
    pub(crate) fn set_now(&mut self, now_ns: u64) {
        self.now_ns = now_ns;
    }

    /// Blocks and files of the disk that holds `path`: how many there can be, and how many are free.
    pub(crate) fn room(&mut self, path: &str) -> Result<Room> {
        self.find(path, Follow::Yes)?;
        Ok(Room {
            blocks: CAPACITY_BYTES / BLOCK_BYTES,
            free_blocks: (CAPACITY_BYTES - self.bytes) / BLOCK_BYTES,
            files: MOST_FILES,
            free_files: MOST_FILES.saturating_sub(self.inodes.len() as u64),
        })
    }

    /// A folder and those above it.
    fn make_path(&mut self, path: &Path) -> Ino {
        let mut at = ROOT;
        for part in path.components().skip(1) {
            let name = part.as_os_str().to_string_lossy().into_owned();
            let known = match &self.inode(at).content {
                Content::Folder(entries) => entries.get(&name).copied(),
                _ => None,
            };
            at = known.unwrap_or_else(|| {
                let ino = self.add(Content::Folder(BTreeMap::new()), 0o755, at);
                if let Content::Folder(entries) = &mut self.inode_mut(at).content {
                    entries.insert(name, ino);
                }
                ino
            });
        }
        at
    }

    /// A new inode that no name leads to yet; `parent` is what `..` of a folder means.
    fn add(&mut self, content: Content, mode: u32, parent: Ino) -> Ino {
        let ino = self.next_ino;
        self.next_ino += 1;
        self.inodes
            .insert(ino, Inode::new(content, mode, parent, self.now_ns));
        ino
    }

    fn inode(&self, ino: Ino) -> &Inode {
        &self.inodes[&ino]
    }

    fn inode_mut(&mut self, ino: Ino) -> &mut Inode {
        self.inodes
            .get_mut(&ino)
            .expect("an inode lives as long as a name or descriptor leads to it")
    }

    /// Forgets an inode that neither a name nor a descriptor leads to.
    fn sweep(&mut self, ino: Ino) {
        let inode = self.inode(ino);
        if inode.links == 0 && inode.opened == 0 {
            if let Content::File(bytes) = &inode.content {
                self.bytes -= bytes.len() as u64;
            }
            self.inodes.remove(&ino);
        }
    }

    /// Makes room for a file that grows (or shrinks) from `before` to `after` bytes.
    fn account(&mut self, before: usize, after: usize) -> Result<()> {
        let bytes = self.bytes - before as u64 + after as u64;
        let is_full = self.faults.is_full() || bytes > CAPACITY_BYTES;
        if is_full && after > before {
            return Err(Errno::ENOSPC);
        }
        self.bytes = bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
