use std::fmt;

use nix::unistd::Pid;

/// A line from the program to its reaper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// A process group was started.
    Watch(Pid),
    /// A process group is empty; its number may become somebody else's.
    Forget(Pid),
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
            Some(("watch", number)) => group(number).map(Self::Watch),
            Some(("forget", number)) => group(number).map(Self::Forget),
            _ => None,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Watch(group) => write!(f, "watch {group}"),
            Self::Forget(group) => write!(f, "forget {group}"),
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
        for order in [Order::Watch(group), Order::Forget(group), Order::Done] {
            assert_eq!(Order::parse(&order.to_string()), Some(order));
        }
    }

    #[test]
    fn no_line_makes_the_reaper_signal_everybody() {
        for line in [
            "", "watch", "watch 0", "watch 1", "watch -1", "watch x", "kill 7",
        ] {
            assert_eq!(Order::parse(line), None, "{line}");
        }
    }
}
