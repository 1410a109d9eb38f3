use super::Link;

/// An address of a socket.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address {
    pub(crate) ip: String,
    pub(crate) port: u16,
}

/// The names and addresses of the network.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    /// Those the program made up. The `n`-th, counted from 0, has 10.0.(n / 250).(n % 250 + 2).
    names: Vec<String>,
}

/// The program's own host.
const LOCAL: &str = "localhost";
const LOCAL_IPS: [&str; 2] = ["127.0.0.1", "::1"];
const ANY: [&str; 2] = ["0.0.0.0", "::"];

impl Hosts {
    pub(super) fn add(&mut self, name: &str) -> String {
        if let Some(ip) = self.lookup(name).into_iter().next() {
            return ip;
        }
        self.names.push(name.to_ascii_lowercase());
        ip_of(self.names.len() - 1)
    }

    pub(super) fn lookup(&self, name: &str) -> Vec<String> {
        let name = name.to_ascii_lowercase();
        if name == LOCAL || name.ends_with(".localhost") {
            // As in a container; `::1` is there for those who ask for it.
            return vec![LOCAL_IPS[0].to_owned()];
        }
        let index = self.names.iter().position(|known| *known == name);
        index.map(ip_of).into_iter().collect()
    }

    /// The name of the host with this address; the address itself where there is none.
    pub(super) fn name_of<'a>(&'a self, ip: &'a str) -> &'a str {
        if is_local(ip) {
            return LOCAL;
        }
        let index = (0..self.names.len()).find(|index| ip_of(*index) == ip);
        index.map_or(ip, |index| &self.names[index])
    }

    /// Whether a packet to this address gets anywhere.
    pub(super) fn is_known(&self, ip: &str) -> bool {
        is_local(ip) || self.name_of(ip) != ip
    }

    /// The link to a host where the program says nothing of it.
    pub(super) fn default_link(&self, ip: &str) -> Link {
        if is_local(ip) {
            Link::LOOPBACK
        } else {
            Link::DEFAULT
        }
    }

    pub(super) fn show(&self, address: &Address) -> String {
        format!("{}:{}", self.name_of(&address.ip), address.port)
    }
}

fn ip_of(index: usize) -> String {
    format!("10.0.{}.{}", index / 250, index % 250 + 2)
}

pub(super) fn is_any(ip: &str) -> bool {
    ANY.contains(&ip)
}

pub(super) fn is_local(ip: &str) -> bool {
    ip.starts_with("127.") || LOCAL_IPS.contains(&ip) || is_any(ip) || ip == "::ffff:127.0.0.1"
}

pub(super) fn is_v6(ip: &str) -> bool {
    ip.contains(':')
}

/// Whether a socket bound to `bound` takes what is sent to `ip`. `::` takes both families.
pub(super) fn takes(bound: &str, ip: &str) -> bool {
    bound == ip
        || (bound == "::" && is_local(ip))
        || (bound == "0.0.0.0" && is_local(ip) && !is_v6(ip))
}

/// The address that a connection to `ip` is made from.
pub(super) fn source_for(ip: &str) -> String {
    if is_v6(ip) {
        "::1".to_owned()
    } else if is_local(ip) {
        "127.0.0.1".to_owned()
    } else {
        "10.0.0.1".to_owned()
    }
}
