//! Descriptors, and what is read and written through them.

use super::inode::{Content, Kind, Stat};
use super::names::UMASK;
use super::{Disk, Errno, Follow, Ino, Result};

/// Descriptors of one process, at most.
const MOST_OPEN: usize = 1024;

/// The first descriptor that is not a standard stream's.
const FIRST_DESCRIPTOR: i32 = 3;

/// `open`'s flags, as Linux numbers them.
pub(crate) mod flags {
    pub(crate) const WRITE_ONLY: u32 = 0o1;
    pub(crate) const READ_WRITE: u32 = 0o2;
    pub(crate) const CREATE: u32 = 0o100;
    pub(crate) const EXCLUSIVE: u32 = 0o200;
    pub(crate) const TRUNCATE: u32 = 0o1000;
    pub(crate) const APPEND: u32 = 0o2000;
    pub(crate) const DIRECTORY: u32 = 0o200_000;
    pub(crate) const NO_FOLLOW: u32 = 0o400_000;
}

#[derive(Debug)]
pub(super) struct OpenFile {
    ino: Ino,
    /// Where reading and writing without a position go on.
    position: usize,
    readable: bool,
    writable: bool,
    append: bool,
}

impl Disk {
    pub(crate) fn open(&mut self, path: &str, flags: u32, mode: u32) -> Result<i32> {
        let has = |flag: u32| flags & flag != 0;
        let writable = has(flags::WRITE_ONLY) || has(flags::READ_WRITE);
        let readable = !has(flags::WRITE_ONLY);
        let only_new = has(flags::CREATE) && has(flags::EXCLUSIVE);
        let follow = if only_new || has(flags::NO_FOLLOW) {
            Follow::No
        } else {
            Follow::Yes
        };
        let place = self.locate(path, follow)?;
        let ino = match place.ino {
            Some(_) if only_new => return Err(Errno::EEXIST),
            Some(ino) => {
                self.may_open(ino, flags, readable, writable)?;
                if place.must_be_folder && self.inode(ino).kind() != Kind::Folder {
                    return Err(Errno::ENOTDIR);
                }
                ino
            }
            None if !has(flags::CREATE) => return Err(Errno::ENOENT),
            None if place.must_be_folder => return Err(Errno::EISDIR),
            None => self.put(place, Content::File(Vec::new()), mode & 0o7777 & !UMASK)?,
        };
        if self.open.len() >= MOST_OPEN {
            return Err(Errno::EMFILE);
        }
        if has(flags::TRUNCATE) && writable {
            self.resize(ino, 0)?;
        }
        let descriptor = (FIRST_DESCRIPTOR..)
            .find(|descriptor| !self.open.contains_key(descriptor))
            .ok_or(Errno::EMFILE)?;
        self.inode_mut(ino).opened += 1;
        let file = OpenFile {
            ino,
            position: 0,
            readable,
            writable,
            append: has(flags::APPEND),
        };
        self.open.insert(descriptor, file);
        Ok(descriptor)
    }

    fn may_open(&self, ino: Ino, flags: u32, readable: bool, writable: bool) -> Result<()> {
        let inode = self.inode(ino);
        match inode.kind() {
            Kind::Folder if writable || flags & flags::CREATE != 0 => return Err(Errno::EISDIR),
            Kind::Link => return Err(Errno::ELOOP),
            Kind::File if flags & flags::DIRECTORY != 0 => return Err(Errno::ENOTDIR),
            _ => {}
        }
        let wanted = if readable { 0o400 } else { 0 } | if writable { 0o200 } else { 0 };
        if inode.mode & wanted == wanted {
            Ok(())
        } else {
            Err(Errno::EACCES)
        }
    }

    pub(crate) fn close(&mut self, descriptor: i32) -> Result<()> {
        let file = self.open.remove(&descriptor).ok_or(Errno::EBADF)?;
        self.inode_mut(file.ino).opened -= 1;
        self.sweep(file.ino);
        Ok(())
    }

    /// Reads at most `length` bytes, at `position` or where the last read or write ended.
    pub(crate) fn read(
        &mut self,
        descriptor: i32,
        length: usize,
        position: Option<u64>,
    ) -> Result<Vec<u8>> {
        let now_ns = self.now_ns;
        let file = self.open.get(&descriptor).ok_or(Errno::EBADF)?;
        if !file.readable {
            return Err(Errno::EBADF);
        }
        let ino = file.ino;
        let begin = position.map_or(file.position, |position| position as usize);
        let inode = self.inode_mut(ino);
        let Content::File(bytes) = &inode.content else {
            return Err(Errno::EISDIR);
        };
        let begin_in = begin.min(bytes.len());
        let end = begin_in.saturating_add(length).min(bytes.len());
        let read = bytes[begin_in..end].to_vec();
        inode.accessed_ns = now_ns;
        if position.is_none() {
            self.seek(descriptor, begin + read.len());
        }
        Ok(read)
    }

    /// Writes all bytes, at `position` or where the last read or write ended.
    pub(crate) fn write(
        &mut self,
        descriptor: i32,
        data: &[u8],
        position: Option<u64>,
    ) -> Result<usize> {
        let file = self.open.get(&descriptor).ok_or(Errno::EBADF)?;
        if !file.writable {
            return Err(Errno::EBADF);
        }
        let (ino, append) = (file.ino, file.append);
        let length = self.length(ino)?;
        let begin = if append {
            length
        } else {
            position.map_or(file.position, |position| position as usize)
        };
        let end = begin.checked_add(data.len()).ok_or(Errno::ENOSPC)?;
        if end > length {
            self.resize(ino, end)?;
        }
        let now_ns = self.now_ns;
        let inode = self.inode_mut(ino);
        if let Content::File(bytes) = &mut inode.content {
            bytes[begin..end].copy_from_slice(data);
        }
        inode.modified_ns = now_ns;
        inode.changed_ns = now_ns;
        if position.is_none() || append {
            self.seek(descriptor, end);
        }
        Ok(data.len())
    }

    pub(crate) fn fstat(&mut self, descriptor: i32) -> Result<Stat> {
        let ino = self.ino_of(descriptor)?;
        Ok(self.stat_of(ino))
    }

    pub(crate) fn ftruncate(&mut self, descriptor: i32, length: u64) -> Result<()> {
        let file = self.open.get(&descriptor).ok_or(Errno::EBADF)?;
        if !file.writable {
            return Err(Errno::EINVAL);
        }
        let length = usize::try_from(length).map_err(|_| Errno::ENOSPC)?;
        self.resize(file.ino, length)
    }

    pub(crate) fn fsync(&self, descriptor: i32) -> Result<()> {
        self.ino_of(descriptor).map(|_| ())
    }

    pub(crate) fn fchmod(&mut self, descriptor: i32, mode: u32) -> Result<()> {
        let ino = self.ino_of(descriptor)?;
        self.change(ino, |inode| inode.mode = mode & 0o7777);
        Ok(())
    }

    pub(crate) fn fchown(&mut self, descriptor: i32, uid: u32, gid: u32) -> Result<()> {
        let ino = self.ino_of(descriptor)?;
        self.change(ino, |inode| {
            inode.uid = uid;
            inode.gid = gid;
        });
        Ok(())
    }

    /// Times are nanoseconds since 1970.
    pub(crate) fn futimes(
        &mut self,
        descriptor: i32,
        accessed_ns: u64,
        modified_ns: u64,
    ) -> Result<()> {
        let ino = self.ino_of(descriptor)?;
        self.change(ino, |inode| {
            inode.accessed_ns = accessed_ns;
            inode.modified_ns = modified_ns;
        });
        Ok(())
    }

    /// `copyFile`; with `only_new` it fails where the target exists.
    pub(crate) fn copy_file(&mut self, from: &str, to: &str, only_new: bool) -> Result<()> {
        let source = self.open(from, 0, 0)?;
        let result = self.copy_into(source, to, only_new);
        self.close(source)?;
        result
    }

    fn copy_into(&mut self, source: i32, to: &str, only_new: bool) -> Result<()> {
        let stat = self.fstat(source)?;
        let size = usize::try_from(stat.size).map_err(|_| Errno::ENOSPC)?;
        let data = self.read(source, size, Some(0))?;
        let how = flags::WRITE_ONLY | flags::CREATE | flags::TRUNCATE;
        let how = how | if only_new { flags::EXCLUSIVE } else { 0 };
        let target = self.open(to, how, stat.mode)?;
        let written = self.write(target, &data, Some(0));
        self.fchmod(target, stat.mode)?;
        self.close(target)?;
        written.map(|_| ())
    }

    fn ino_of(&self, descriptor: i32) -> Result<Ino> {
        Ok(self.open.get(&descriptor).ok_or(Errno::EBADF)?.ino)
    }

    fn seek(&mut self, descriptor: i32, position: usize) {
        if let Some(file) = self.open.get_mut(&descriptor) {
            file.position = position;
        }
    }

    fn length(&self, ino: Ino) -> Result<usize> {
        match &self.inode(ino).content {
            Content::File(bytes) => Ok(bytes.len()),
            _ => Err(Errno::EISDIR),
        }
    }

    fn resize(&mut self, ino: Ino, length: usize) -> Result<()> {
        let before = self.length(ino)?;
        self.account(before, length)?;
        let now_ns = self.now_ns;
        let inode = self.inode_mut(ino);
        if let Content::File(bytes) = &mut inode.content {
            bytes.resize(length, 0);
        }
        inode.modified_ns = now_ns;
        inode.changed_ns = now_ns;
        Ok(())
    }
}
