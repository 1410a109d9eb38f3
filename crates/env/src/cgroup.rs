//! A control group of its own for a service that a fault will hold to a part of the machine.
//!
//! The service is in it from its start: memory that a process has taken before it enters a group
//! stays on the account of the old one (cgroups(7), and the kernel's cgroup-v2.rst, "Memory
//! Ownership"), so that a limit set on a process moved in later would hold back less than it says.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::unistd::Pid;
use rtest_core::plan::Limit;

/// The period of a CPU quota, in microseconds: the kernel's default.
const PERIOD_US: u64 = 100_000;

/// Folders that this product has made begin like this; none other is ever removed.
pub(crate) const PREFIX: &str = "rtest-";

/// A group, in one folder (version 2) or one for each controller (version 1).
#[derive(Debug)]
pub(crate) enum Cgroup {
    /// The unified hierarchy.
    V2(PathBuf),
    /// Two hierarchies.
    V1 { cpu: PathBuf, memory: PathBuf },
}

impl Cgroup {
    /// Makes the group of this name where this process may make one.
    ///
    /// # Errors
    /// Where there are no control groups, or none that may be written.
    pub(crate) fn make(name: &str) -> io::Result<Self> {
        let mounts = fs::read_to_string("/proc/self/mounts")?;
        let own = fs::read_to_string("/proc/self/cgroup")?;
        Self::make_in(&Hierarchies::read(&mounts, &own), name)
    }

    fn make_in(hierarchies: &Hierarchies, name: &str) -> io::Result<Self> {
        let folder = format!("{PREFIX}{name}");
        let mut refused = io::Error::new(
            io::ErrorKind::NotFound,
            "this machine has no control groups for CPU and memory",
        );
        if let Some(unified) = &hierarchies.unified {
            for parent in unified.upwards() {
                let controllers = read(&parent.join("cgroup.subtree_control")).unwrap_or_default();
                let has = |name| controllers.split_whitespace().any(|known| known == name);
                if !(has("cpu") && has("memory")) {
                    continue;
                }
                match fs::create_dir(parent.join(&folder)) {
                    Ok(()) => return Ok(Self::V2(parent.join(folder))),
                    Err(error) => refused = error,
                }
            }
        }
        if let (Some(cpu), Some(memory)) = (&hierarchies.cpu, &hierarchies.memory) {
            let cpu = cpu.nearest().join(&folder);
            let memory = memory.nearest().join(&folder);
            fs::create_dir(&cpu)?;
            let group = Self::V1 { cpu, memory };
            // On an error the first folder goes with the group.
            fs::create_dir(group.memory())?;
            return Ok(group);
        }
        Err(refused)
    }

    /// Puts a process, and all that it starts from now on, into the group.
    pub(crate) fn enter(&self, pid: Pid) -> io::Result<()> {
        for folder in self.folders() {
            fs::write(folder.join("cgroup.procs"), pid.to_string())?;
        }
        Ok(())
    }

    /// Holds the group to a part of the machine; what is not said is not held.
    ///
    /// # Errors
    /// In words: what could not be set, and what was there instead.
    pub(crate) fn limit(&self, limit: &Limit) -> Result<(), String> {
        let quota = limit
            .cpu_percent
            .map(|percent| u64::from(percent) * PERIOD_US / 100);
        let memory = limit.memory_bytes;
        let set = |file: PathBuf, value: String| {
            fs::write(&file, &value).map_err(|error| {
                let in_use = self.memory_in_use();
                match (error.kind(), in_use) {
                    (io::ErrorKind::ResourceBusy, Some(bytes)) => format!(
                        "it has {} of memory already, and the system cannot take that back",
                        rtest_core::unit::format_size(bytes)
                    ),
                    _ => format!("{} does not take {value}: {error}", file.display()),
                }
            })
        };
        match self {
            Self::V2(folder) => {
                let quota = quota.map_or("max".to_owned(), |quota| quota.to_string());
                set(folder.join("cpu.max"), format!("{quota} {PERIOD_US}"))?;
                let bytes = memory.map_or("max".to_owned(), |bytes| bytes.to_string());
                // Without swap a limit is one; a machine without swap has no such file.
                let swap = folder.join("memory.swap.max");
                if swap.exists() {
                    set(swap, memory.map_or("max".to_owned(), |_| "0".to_owned()))?;
                }
                set(folder.join("memory.max"), bytes)
            }
            Self::V1 {
                cpu,
                memory: folder,
            } => {
                let quota = quota.map_or("-1".to_owned(), |quota| quota.to_string());
                set(cpu.join("cpu.cfs_period_us"), PERIOD_US.to_string())?;
                set(cpu.join("cpu.cfs_quota_us"), quota)?;
                let bytes = memory.map_or("-1".to_owned(), |bytes| bytes.to_string());
                // Memory and swap together are never less than memory: each way has its order.
                let both = folder.join("memory.memsw.limit_in_bytes");
                let alone = folder.join("memory.limit_in_bytes");
                let has_both = both.exists();
                if has_both && memory.is_none() {
                    set(both.clone(), bytes.clone())?;
                }
                set(alone, bytes.clone())?;
                if has_both && memory.is_some() {
                    set(both, bytes)?;
                }
                Ok(())
            }
        }
    }

    /// Takes every limit back, and says what is there now.
    ///
    /// # Errors
    /// As [`Cgroup::limit`], or where a limit is still there.
    pub(crate) fn lift(&self) -> Result<(), String> {
        self.limit(&Limit {
            cpu_percent: None,
            memory_bytes: None,
        })?;
        let left = match self {
            Self::V2(folder) => {
                let free =
                    |file: &str| read(&folder.join(file)).is_some_and(|it| it.starts_with("max"));
                !(free("cpu.max") && free("memory.max"))
            }
            Self::V1 { cpu, .. } => {
                read(&cpu.join("cpu.cfs_quota_us")).is_none_or(|it| it.trim() != "-1")
            }
        };
        if left {
            return Err("a limit of its control group is still there".to_owned());
        }
        Ok(())
    }

    /// The folders of the group.
    pub(crate) fn folders(&self) -> Vec<&Path> {
        match self {
            Self::V2(folder) => vec![folder],
            Self::V1 { cpu, memory } => vec![cpu, memory],
        }
    }

    fn memory(&self) -> &Path {
        match self {
            Self::V2(folder) | Self::V1 { memory: folder, .. } => folder,
        }
    }

    fn memory_in_use(&self) -> Option<u64> {
        let names = ["memory.current", "memory.usage_in_bytes"];
        let read = |name| read(&self.memory().join(name))?.trim().parse().ok();
        names.into_iter().find_map(read)
    }
}

/// Nothing of the group is left, as far as no process is in it.
impl Drop for Cgroup {
    fn drop(&mut self) {
        for folder in self.folders() {
            remove(folder);
        }
    }
}

/// Removes a group's folder, if it is one of ours.
pub(crate) fn remove(folder: &Path) {
    let name = folder.file_name().and_then(|name| name.to_str());
    if name.is_some_and(|name| name.starts_with(PREFIX)) {
        // `rmdir` of the kernel's folders takes their files with it, and only where no process is.
        let _ = fs::remove_dir(folder);
    }
}

/// Removes every control group of a run. Says how many were removed, and how many are left.
pub(crate) fn remove_all(run_id: &str) -> (usize, usize) {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let hierarchies = Hierarchies::read(&read("/proc/self/mounts"), &read("/proc/self/cgroup"));
    let places = [hierarchies.unified, hierarchies.cpu, hierarchies.memory];
    let parents = places.iter().flatten().flat_map(Place::upwards);
    let prefix = format!("{PREFIX}{run_id}-");
    let (mut removed, mut left) = (0, 0);
    for folder in parents
        .filter_map(|parent| fs::read_dir(parent).ok())
        .flat_map(|entries| entries.flatten())
    {
        let name = folder.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(&prefix)) {
            remove(&folder.path());
            if folder.path().exists() {
                left += 1;
            } else {
                removed += 1;
            }
        }
    }
    (removed, left)
}

/// The folders in which the kernel keeps account of a control group.
#[derive(Debug)]
pub(crate) enum Accounting {
    /// The unified hierarchy.
    V2(PathBuf),
    /// A hierarchy a controller.
    V1 {
        cpu: PathBuf,
        cpuacct: PathBuf,
        memory: PathBuf,
    },
}

/// Where account is kept of the group of a process, by its `/proc/PID/cgroup`; `None` where that
/// place cannot be seen from here.
pub(crate) fn accounting(own: &str) -> Option<Accounting> {
    let mounts = fs::read_to_string("/proc/self/mounts").ok()?;
    let places = Hierarchies::read(&mounts, own);
    let exact = |place: Option<Place>| {
        let place = place?;
        let folder = place.mount.join(place.own);
        folder.is_dir().then_some(folder)
    };
    // Both may be mounted, and then the controllers are in the first version's.
    if let Some(memory) = exact(places.memory) {
        return Some(Accounting::V1 {
            cpu: exact(places.cpu)?,
            cpuacct: exact(places.cpuacct)?,
            memory,
        });
    }
    exact(places.unified).map(Accounting::V2)
}

/// Where the machine's control groups are, and a process in them.
#[derive(Debug, Default)]
struct Hierarchies {
    unified: Option<Place>,
    cpu: Option<Place>,
    cpuacct: Option<Place>,
    memory: Option<Place>,
}

/// A mounted hierarchy, and the group of the process in it.
#[derive(Clone, Debug)]
struct Place {
    mount: PathBuf,
    own: PathBuf,
}

impl Hierarchies {
    /// From `/proc/self/mounts` and `/proc/self/cgroup`.
    fn read(mounts: &str, own: &str) -> Self {
        let mut read = Self::default();
        for line in mounts.lines() {
            let mut fields = line.split(' ').skip(1);
            let (Some(mount), Some(kind), Some(options)) =
                (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let place = |controller: &str| {
                let own = own.lines().find_map(|line| {
                    let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
                    controllers
                        .split(',')
                        .any(|it| it == controller)
                        .then_some(path)
                });
                Place {
                    mount: mount.into(),
                    own: own.unwrap_or("/").trim_start_matches('/').into(),
                }
            };
            let has = |name| options.split(',').any(|option| option == name);
            match kind {
                "cgroup2" => read.unified = Some(place("")),
                "cgroup" => {
                    // Several controllers may share one hierarchy.
                    for (name, known) in [
                        ("cpu", &mut read.cpu),
                        ("cpuacct", &mut read.cpuacct),
                        ("memory", &mut read.memory),
                    ] {
                        if has(name) {
                            *known = Some(place(name));
                        }
                    }
                }
                _ => {}
            }
        }
        read
    }
}

impl Place {
    /// The group of this process, then its parents up to the root. In a container the path may be
    /// the host's, which is not there.
    fn upwards(&self) -> Vec<PathBuf> {
        let folders = self.own.ancestors().map(|own| self.mount.join(own));
        folders.filter(|folder| folder.is_dir()).collect()
    }

    fn nearest(&self) -> PathBuf {
        let nearest = self.upwards().into_iter().next();
        nearest.unwrap_or_else(|| self.mount.clone())
    }
}

fn read(file: &Path) -> Option<String> {
    fs::read_to_string(file).ok()
}

#[cfg(test)]
mod tests;
