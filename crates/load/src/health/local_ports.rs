//! Local ports: a connection to a target takes one, and gives it back a minute after it was
//! closed by this side.

use std::fs;

/// How many local ports are in use, those that wait for their end included; 0 where the system
/// does not say. An upper bound: sockets that listen, and those of other processes of the machine
/// or container, count too.
pub(super) fn in_use() -> u64 {
    let of = |path: &str| fs::read_to_string(path).map_or(0, |text| used(&text));
    of("/proc/net/sockstat") + of("/proc/net/sockstat6")
}

/// How many local ports connections may be given; 0 where the system does not say.
pub(super) fn limit() -> u64 {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range");
    range.ok().and_then(|range| size(&range)).unwrap_or(0)
}

/// `inuse` and `tw` (`TIME_WAIT`) of the line of TCP, or of TCP6, which has no `tw`.
fn used(sockstat: &str) -> u64 {
    let tcp = sockstat
        .lines()
        .find_map(|line| line.strip_prefix("TCP: ").or(line.strip_prefix("TCP6: ")));
    let mut words = tcp.unwrap_or_default().split_whitespace();
    let mut sum = 0;
    while let Some((name, value)) = words.next().zip(words.next()) {
        if matches!(name, "inuse" | "tw") {
            sum += value.parse().unwrap_or(0);
        }
    }
    sum
}

/// `first last`, both of them included.
fn size(range: &str) -> Option<u64> {
    let (first, last) = range.trim().split_once(char::is_whitespace)?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.trim().parse().ok()?);
    Some(last.saturating_add(1).saturating_sub(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_in_use_and_those_that_wait_for_their_end_are_counted() {
        let sockstat = "sockets: used 19\nTCP: inuse 812 orphan 0 tw 27100 alloc 815 mem 82\n\
                        UDP: inuse 7 mem 0\n";
        assert_eq!(used(sockstat), 27_912);
        assert_eq!(used("TCP6: inuse 5\nUDP6: inuse 9\n"), 5);
        assert_eq!(used("nothing of the kind"), 0);
    }

    #[test]
    fn the_range_holds_both_of_its_ends() {
        assert_eq!(size("32768\t60999\n"), Some(28_232));
        assert_eq!(size("60999 32768"), Some(0));
        assert_eq!(size("many"), None);
    }
}
