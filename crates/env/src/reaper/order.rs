use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use nix::unistd::Pid;

/// A line from the program to its reaper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// A process group was started.
    Watch(Pid),
    /// A process group is empty; its number may become somebody else's.
    Forget(Pid),
    /// A process group is held by SIGSTOP; unless it is released by then, it is to go on.
    Lease(Pid, Duration),
    /// A process group was let go on.
    Release(Pid),
    /// The run has something in a Docker engine, all of which is to go.
    Docker,
    /// A container is held; unless it is released by then, it is to go on.
    LeaseContainer(String, Duration),
    /// A container was let go on.
    ReleaseContainer(String),
    /// An empty control group is to be removed when the program is gone.
    Folder(PathBuf),
    /// All is torn down.
    Done,
}

impl Order {
    pub(super) fn parse(line: &str) -> Option<Self> {
        let group = |number: &str| {
            number
                .parse()
                .ok()
                // 0, 1 and negative numbers address other than one group of the run's.
                .filter(|number| *number > 1)
                .map(Pid::from_raw)
        };
        match line.split_once(' ') {
            None if line == "done" => Some(Self::Done),
            None if line == "docker" => Some(Self::Docker),
            Some(("lease-container", rest)) => {
                let (id, millis) = rest.split_once(' ')?;
                let lasting = Duration::from_millis(millis.parse().ok()?);
                Some(Self::LeaseContainer(id.to_owned(), lasting))
            }
            Some(("release-container", id)) => Some(Self::ReleaseContainer(id.to_owned())),
            Some(("watch", number)) => group(number).map(Self::Watch),
            Some(("forget", number)) => group(number).map(Self::Forget),
            Some(("release", number)) => group(number).map(Self::Release),
            Some(("lease", numbers)) => {
                let (number, millis) = numbers.split_once(' ')?;
                let lasting = Duration::from_millis(millis.parse().ok()?);
                group(number).map(|group| Self::Lease(group, lasting))
            }
            Some(("folder", path)) => Some(Self::Folder(path.into())),
            _ => None,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Watch(group) => write!(f, "watch {group}"),
            Self::Forget(group) => write!(f, "forget {group}"),
            Self::Lease(group, lasting) => write!(f, "lease {group} {}", lasting.as_millis()),
            Self::Release(group) => write!(f, "release {group}"),
            Self::Docker => f.write_str("docker"),
            Self::LeaseContainer(id, lasting) => {
                write!(f, "lease-container {id} {}", lasting.as_millis())
            }
            Self::ReleaseContainer(id) => write!(f, "release-container {id}"),
            Self::Folder(path) => write!(f, "folder {}", path.display()),
            Self::Done => f.write_str("done"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_as_they_are_written() {
        let group = Pid::from_raw(4711);
        for order in [
            Order::Watch(group),
            Order::Forget(group),
            Order::Lease(group, Duration::from_millis(1500)),
            Order::Release(group),
            Order::Docker,
            Order::LeaseContainer("4f1d".to_owned(), Duration::from_millis(1500)),
            Order::ReleaseContainer("4f1d".to_owned()),
            Order::Folder("/sys/fs/cgroup/rtest-a b".into()),
            Order::Done,
        ] {
            assert_eq!(Order::parse(&order.to_string()), Some(order));
        }
    }

    #[test]
    fn no_line_makes_the_reaper_signal_everybody() {
        for line in [
            "",
            "watch",
            "watch 0",
            "watch 1",
            "watch -1",
            "watch x",
            "kill 7",
            "lease 1 5",
            "lease 7",
            "lease-container 4f1d",
        ] {
            assert_eq!(Order::parse(line), None, "{line}");
        }
    }
}
