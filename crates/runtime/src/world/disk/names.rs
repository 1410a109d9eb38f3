//! What is done to names: folders made and listed, files linked, moved and removed, and what
//! `stat` shows of them.

use std::collections::BTreeMap;

use super::inode::{Content, Kind, Stat};
use super::walk::Place;
use super::{Disk, Errno, Follow, Ino, Result};

/// What is taken from the mode of everything that is made.
pub(super) const UMASK: u32 = 0o022;

impl Disk {
    /// `stat`, or `lstat` where the last link is not followed.
    pub(crate) fn stat(&mut self, path: &str, follow: Follow) -> Result<Stat> {
        let ino = self.find(path, follow)?;
        Ok(self.stat_of(ino))
    }

    /// Whether the owner may read (4), write (2) or execute (1).
    pub(crate) fn access(&mut self, path: &str, wanted: u32) -> Result<()> {
        let ino = self.find(path, Follow::Yes)?;
        let granted = self.inode(ino).mode >> 6 & 7;
        if granted & wanted == wanted & 7 {
            Ok(())
        } else {
            Err(Errno::EACCES)
        }
    }

    pub(crate) fn mkdir(&mut self, path: &str, mode: u32) -> Result<()> {
        let place = self.locate(path, Follow::No)?;
        if place.ino.is_some() {
            return Err(Errno::EEXIST);
        }
        let folder = Content::Folder(BTreeMap::new());
        self.put(place, folder, mode & 0o7777 & !UMASK).map(|_| ())
    }

    /// Makes a folder and those above it. Returns the path of the first that was made.
    pub(crate) fn mkdir_recursive(&mut self, path: &str, mode: u32) -> Result<Option<String>> {
        match self.mkdir(path, mode) {
            Ok(()) => return Ok(Some(path.to_owned())),
            Err(Errno::EEXIST) => {
                return match self.stat(path, Follow::Yes) {
                    Ok(stat) if stat.mode & 0o170_000 == 0o040_000 => Ok(None),
                    _ => Err(Errno::EEXIST),
                };
            }
            Err(Errno::ENOENT) => {}
            Err(error) => return Err(error),
        }
        let above = path.trim_end_matches('/').rsplit_once('/');
        let Some((above, _)) = above.filter(|(above, _)| !above.is_empty()) else {
            return Err(Errno::ENOENT);
        };
        let first = self.mkdir_recursive(above, mode);
        let first = match first {
            Err(Errno::EEXIST) => return Err(Errno::ENOTDIR),
            first => first?,
        };
        match self.mkdir(path, mode) {
            // `a/b/..` is there once `a/b` is.
            Err(Errno::EEXIST) if path.ends_with("..") => {}
            made => made?,
        }
        Ok(Some(first.unwrap_or_else(|| path.to_owned())))
    }

    /// The names in a folder, sorted, with what they are.
    pub(crate) fn readdir(&mut self, path: &str) -> Result<Vec<(String, Kind)>> {
        let ino = self.find(path, Follow::Yes)?;
        let inode = self.inode(ino);
        let Content::Folder(entries) = &inode.content else {
            return Err(Errno::ENOTDIR);
        };
        if inode.mode & 0o400 == 0 {
            return Err(Errno::EACCES);
        }
        let entries: Vec<(String, Ino)> = entries.clone().into_iter().collect();
        Ok(entries
            .into_iter()
            .map(|(name, ino)| {
                self.read_machine(ino);
                (name, self.inode(ino).kind())
            })
            .collect())
    }

    pub(crate) fn rmdir(&mut self, path: &str) -> Result<()> {
        let place = self.locate(path, Follow::No)?;
        let ino = place.ino.ok_or(Errno::ENOENT)?;
        match &self.inode(ino).content {
            Content::Folder(_) if place.name.is_empty() => Err(Errno::EINVAL),
            Content::Folder(entries) if !entries.is_empty() => Err(Errno::ENOTEMPTY),
            Content::Folder(_) => self.remove(&place),
            _ => Err(Errno::ENOTDIR),
        }
    }

    pub(crate) fn unlink(&mut self, path: &str) -> Result<()> {
        let place = self.locate(path, Follow::No)?;
        let ino = place.ino.ok_or(Errno::ENOENT)?;
        if self.inode(ino).kind() == Kind::Folder {
            return Err(Errno::EISDIR);
        }
        if place.must_be_folder {
            return Err(Errno::ENOTDIR);
        }
        self.remove(&place)
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        let source = self.locate(from, Follow::No)?;
        let ino = source.ino.ok_or(Errno::ENOENT)?;
        let target = self.locate(to, Follow::No)?;
        if source.name.is_empty() || target.name.is_empty() {
            return Err(Errno::EINVAL);
        }
        let is_folder = self.inode(ino).kind() == Kind::Folder;
        if !is_folder && (source.must_be_folder || target.must_be_folder) {
            return Err(Errno::ENOTDIR);
        }
        if is_folder && self.is_within(target.folder, ino) {
            return Err(Errno::EINVAL);
        }
        if let Some(old) = target.ino {
            if old == ino {
                return Ok(());
            }
            match (&self.inode(old).content, is_folder) {
                (Content::Folder(_), false) => return Err(Errno::EISDIR),
                (Content::Folder(entries), true) if !entries.is_empty() => {
                    return Err(Errno::ENOTEMPTY);
                }
                (Content::Folder(_), true) => {}
                (_, true) => return Err(Errno::ENOTDIR),
                (_, false) => {}
            }
        }
        self.writable(source.folder)?;
        self.writable(target.folder)?;
        if target.ino.is_some() {
            self.remove(&target)?;
        }
        self.entries_mut(source.folder)?.remove(&source.name);
        self.entries_mut(target.folder)?.insert(target.name, ino);
        let now_ns = self.now_ns;
        let inode = self.inode_mut(ino);
        inode.changed_ns = now_ns;
        if is_folder {
            inode.parent = target.folder;
        }
        Ok(())
    }

    pub(crate) fn link(&mut self, from: &str, to: &str) -> Result<()> {
        let ino = self.find(from, Follow::No)?;
        if self.inode(ino).kind() == Kind::Folder {
            return Err(Errno::EPERM);
        }
        let place = self.locate(to, Follow::No)?;
        if place.ino.is_some() {
            return Err(Errno::EEXIST);
        }
        self.writable(place.folder)?;
        self.entries_mut(place.folder)?.insert(place.name, ino);
        let now_ns = self.now_ns;
        let inode = self.inode_mut(ino);
        inode.links += 1;
        inode.changed_ns = now_ns;
        Ok(())
    }

    pub(crate) fn symlink(&mut self, target: &str, path: &str) -> Result<()> {
        let place = self.locate(path, Follow::No)?;
        if place.ino.is_some() {
            return Err(Errno::EEXIST);
        }
        self.put(place, Content::Link(target.to_owned()), 0o777)
            .map(|_| ())
    }

    pub(crate) fn readlink(&mut self, path: &str) -> Result<String> {
        let ino = self.find(path, Follow::No)?;
        match &self.inode(ino).content {
            Content::Link(target) => Ok(target.clone()),
            _ => Err(Errno::EINVAL),
        }
    }

    pub(crate) fn chmod(&mut self, path: &str, mode: u32) -> Result<()> {
        let ino = self.find(path, Follow::Yes)?;
        self.change(ino, |inode| inode.mode = mode & 0o7777);
        Ok(())
    }

    /// Times are nanoseconds since 1970.
    pub(crate) fn utimes(
        &mut self,
        path: &str,
        follow: Follow,
        accessed_ns: u64,
        modified_ns: u64,
    ) -> Result<()> {
        let ino = self.find(path, follow)?;
        self.change(ino, |inode| {
            inode.accessed_ns = accessed_ns;
            inode.modified_ns = modified_ns;
        });
        Ok(())
    }

    pub(crate) fn chown(&mut self, path: &str, follow: Follow, uid: u32, gid: u32) -> Result<()> {
        let ino = self.find(path, follow)?;
        self.change(ino, |inode| {
            inode.uid = uid;
            inode.gid = gid;
        });
        Ok(())
    }

    pub(super) fn change(&mut self, ino: Ino, change: impl FnOnce(&mut super::Inode)) {
        let now_ns = self.now_ns;
        let inode = self.inode_mut(ino);
        change(inode);
        inode.changed_ns = now_ns;
    }

    /// Puts something new at a place where nothing stands.
    pub(super) fn put(&mut self, place: Place, content: Content, mode: u32) -> Result<Ino> {
        self.writable(place.folder)?;
        let ino = self.add(content, mode, place.folder);
        self.entries_mut(place.folder)?.insert(place.name, ino);
        Ok(ino)
    }

    /// Takes away a name, and what it led to if that was the last.
    fn remove(&mut self, place: &Place) -> Result<()> {
        self.writable(place.folder)?;
        let Some(ino) = self.entries_mut(place.folder)?.remove(&place.name) else {
            return Err(Errno::ENOENT);
        };
        self.change(ino, |inode| inode.links -= 1);
        self.sweep(ino);
        Ok(())
    }

    /// The entries of a folder that is about to change.
    fn entries_mut(&mut self, folder: Ino) -> Result<&mut BTreeMap<String, Ino>> {
        let now_ns = self.now_ns;
        let inode = self.inode_mut(folder);
        inode.modified_ns = now_ns;
        inode.changed_ns = now_ns;
        match &mut inode.content {
            Content::Folder(entries) => Ok(entries),
            _ => Err(Errno::ENOTDIR),
        }
    }

    fn writable(&self, folder: Ino) -> Result<()> {
        if self.inode(folder).mode & 0o300 == 0o300 {
            Ok(())
        } else {
            Err(Errno::EACCES)
        }
    }

    /// Whether a folder is `above`, or somewhere below it.
    fn is_within(&self, mut folder: Ino, above: Ino) -> bool {
        loop {
            if folder == above {
                return true;
            }
            if Self::is_root(folder) {
                return false;
            }
            folder = self.inode(folder).parent;
        }
    }
}
