use super::*;

/// Hierarchies in a folder of ours: files, where the kernel has its own.
fn unified(root: &Path, groups: &[(&str, &str)], own: &str) -> Hierarchies {
    for (group, controllers) in groups {
        let folder = root.join(group);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("cgroup.subtree_control"), controllers).expect("a file");
    }
    let mounts = format!("cgroup2 {} cgroup2 rw,nosuid 0 0\n", root.display());
    Hierarchies::read(&mounts, &format!("0::{own}\n"))
}

#[test]
fn the_group_is_made_where_cpu_and_memory_are_handed_on() {
    let root = tempfile::tempdir().expect("a folder");
    let groups = [
        ("", "cpu memory"),
        ("user.slice", "cpu memory pids"),
        ("user.slice/session", ""),
    ];
    let hierarchies = unified(root.path(), &groups, "/user.slice/session");
    let group = Cgroup::make_in(&hierarchies, "run-shop").expect("two parents hand it on");
    let folder = root.path().join("user.slice/rtest-run-shop");
    assert_eq!(group.folders(), [folder.as_path()], "the nearer one");

    fs::write(folder.join("memory.swap.max"), "max").expect("a machine with swap");
    group
        .limit(&Limit {
            cpu_percent: Some(50),
            memory_bytes: Some(64_000_000),
        })
        .expect("files");
    let read = |file: &str| fs::read_to_string(folder.join(file)).expect("written");
    assert_eq!(read("cpu.max"), "50000 100000");
    assert_eq!(read("memory.max"), "64000000");
    assert_eq!(read("memory.swap.max"), "0");
    group.lift().expect("files");
    assert_eq!(read("cpu.max"), "max 100000");
    assert_eq!(read("memory.max"), "max");
    assert_eq!(read("memory.swap.max"), "max");
}

#[test]
fn without_a_group_that_hands_them_on_there_is_none() {
    let root = tempfile::tempdir().expect("a folder");
    let hierarchies = unified(root.path(), &[("", "pids"), ("a", "memory")], "/a");
    let refused = Cgroup::make_in(&hierarchies, "run-shop").expect_err("nowhere");
    assert!(
        refused.to_string().contains("no control groups"),
        "{refused}"
    );
    Cgroup::make_in(&Hierarchies::default(), "run-shop").expect_err("nothing is mounted");
}

#[test]
fn only_folders_of_ours_are_removed() {
    let root = tempfile::tempdir().expect("a folder");
    for (name, stays) in [("rtest-x", false), ("system.slice", true)] {
        let folder = root.path().join(name);
        fs::create_dir(&folder).expect("a folder");
        remove(&folder);
        assert_eq!(folder.exists(), stays, "{name}");
    }
}

#[test]
fn the_places_of_both_versions_are_read() {
    let mounts = "\
tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
";
    let own = "4:memory:/jobs/7\n1:cpu,cpuacct:/\n0::/init.scope\n";
    let read = Hierarchies::read(mounts, own);
    let memory = read.memory.expect("mounted");
    assert_eq!(memory.mount, Path::new("/sys/fs/cgroup/memory"));
    assert_eq!(memory.own, Path::new("jobs/7"));
    assert_eq!(read.cpu.expect("mounted").own, Path::new(""));
    assert_eq!(read.unified.expect("mounted").own, Path::new("init.scope"));
}
