use std::cell::RefCell;
use std::rc::Rc;

use rtest_core::Seed;

use super::open_files::flags;
use super::*;
use crate::explore::{Chance, Chooser};

fn calm() -> Faults {
    let chooser = Chooser::new(Seed::new(1), &Chance::Forced(Vec::new()), 0);
    Faults::new(Rc::new(RefCell::new(chooser)))
}

fn disk() -> Disk {
    Disk::new(Path::new("/home/app"), &[], calm(), 0)
}

fn write(disk: &mut Disk, path: &str, data: &[u8]) {
    let how = flags::WRITE_ONLY | flags::CREATE | flags::TRUNCATE;
    let file = disk.open(path, how, 0o666).expect("opened");
    assert_eq!(disk.write(file, data, None), Ok(data.len()));
    disk.close(file).expect("closed");
}

fn read(disk: &mut Disk, path: &str) -> Vec<u8> {
    let file = disk.open(path, 0, 0).expect("opened");
    let data = disk.read(file, 1 << 20, None).expect("read");
    disk.close(file).expect("closed");
    data
}

#[test]
fn relative_paths_begin_in_the_programs_folder() {
    let mut disk = disk();
    write(&mut disk, "a.txt", b"one");
    assert_eq!(read(&mut disk, "/home/app/a.txt"), b"one");
    assert_eq!(read(&mut disk, "../app/./a.txt"), b"one");
    assert_eq!(disk.open("b.txt", 0, 0), Err(Errno::ENOENT));
    assert_eq!(disk.open("a.txt/b", 0, 0), Err(Errno::ENOTDIR));
}

#[test]
fn a_file_that_was_removed_lives_while_it_is_open() {
    let mut disk = disk();
    write(&mut disk, "a", b"alive");
    let file = disk.open("a", 0, 0).expect("opened");
    disk.unlink("a").expect("removed");
    assert_eq!(disk.read(file, 9, None).as_deref(), Ok(&b"alive"[..]));
    let inodes = disk.inodes.len();
    disk.close(file).expect("closed");
    assert_eq!(disk.inodes.len(), inodes - 1);
    assert_eq!(disk.bytes, 0);
}

#[test]
fn links_are_followed_and_a_circle_of_them_is_refused() {
    let mut disk = disk();
    disk.mkdir("real", 0o777).expect("made");
    write(&mut disk, "real/x", b"x");
    disk.symlink("real", "there").expect("linked");
    assert_eq!(read(&mut disk, "there/x"), b"x");
    assert_eq!(disk.realpath("there/x").as_deref(), Ok("/home/app/real/x"));
    disk.symlink("b", "a").expect("linked");
    disk.symlink("a", "b").expect("linked");
    assert_eq!(disk.stat("a", Follow::Yes), Err(Errno::ELOOP));
    assert!(disk.stat("a", Follow::No).is_ok());
    // Written through a link, it is the target that comes into being.
    disk.symlink("later", "early").expect("linked");
    write(&mut disk, "early", b"now");
    assert_eq!(read(&mut disk, "later"), b"now");
}

#[test]
fn renaming_replaces_what_it_may_replace() {
    let mut disk = disk();
    write(&mut disk, "a", b"a");
    write(&mut disk, "b", b"b");
    disk.mkdir("full", 0o777).expect("made");
    disk.mkdir("full/inner", 0o777).expect("made");
    assert_eq!(disk.rename("a", "b"), Ok(()));
    assert_eq!(read(&mut disk, "b"), b"a");
    assert_eq!(disk.rename("b", "full"), Err(Errno::EISDIR));
    assert_eq!(disk.rename("full", "full/inner/x"), Err(Errno::EINVAL));
    disk.mkdir("empty", 0o777).expect("made");
    assert_eq!(disk.rename("empty", "full"), Err(Errno::ENOTEMPTY));
    assert_eq!(disk.rename("full", "empty"), Ok(()));
    assert!(disk.stat("empty/inner/../inner", Follow::Yes).is_ok());
}

#[test]
fn the_owner_is_held_to_the_mode() {
    let mut disk = disk();
    write(&mut disk, "a", b"a");
    disk.chmod("a", 0o200).expect("changed");
    assert_eq!(disk.open("a", 0, 0), Err(Errno::EACCES));
    assert_eq!(disk.access("a", 4), Err(Errno::EACCES));
    assert_eq!(disk.access("a", 2), Ok(()));
    disk.mkdir("locked", 0o500).expect("made");
    assert_eq!(disk.mkdir("locked/x", 0o777), Err(Errno::EACCES));
}

#[test]
fn a_disk_is_full_at_its_capacity_and_takes_more_once_something_is_gone() {
    let mut disk = disk();
    let file = disk
        .open("big", flags::WRITE_ONLY | flags::CREATE, 0o666)
        .expect("opened");
    assert_eq!(disk.ftruncate(file, CAPACITY_BYTES), Ok(()));
    assert_eq!(
        disk.write(file, b"x", Some(CAPACITY_BYTES)),
        Err(Errno::ENOSPC)
    );
    assert_eq!(disk.ftruncate(file, 10), Ok(()));
    assert_eq!(disk.write(file, b"x", Some(10)), Ok(1));
}

#[test]
fn what_was_granted_is_read_and_never_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let granted = folder.path().canonicalize().expect("it exists");
    std::fs::create_dir(granted.join("data")).expect("made");
    std::fs::write(granted.join("data/a.json"), "{}").expect("written");
    let mut disk = Disk::new(
        Path::new("/home/app"),
        std::slice::from_ref(&granted),
        calm(),
        0,
    );
    let path = granted.join("data/a.json").to_string_lossy().into_owned();
    assert_eq!(read(&mut disk, &path), b"{}");
    write(&mut disk, &path, b"changed");
    assert_eq!(read(&mut disk, &path), b"changed");
    let real = std::fs::read(granted.join("data/a.json")).expect("still there");
    assert_eq!(real, b"{}");
}
