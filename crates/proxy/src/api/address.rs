use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::ApiError;

/// How long a name may take to resolve before the address counts as bad. The registry waits.
const RESOLVE_WITHIN: Duration = Duration::from_secs(2);

/// The address to listen on, from a text as Go takes it: `host:port`, `:port` or nothing, where a
/// missing host is every address and a missing port a free one. A name gives its IPv4 address
/// where it has one.
pub(super) async fn resolve(listen: &str) -> Result<SocketAddr, ApiError> {
    let (host, port) = split(listen).map_err(ApiError::internal)?;
    let port = match port {
        "" => 0,
        digits => digits
            .parse()
            .map_err(|_| ApiError::internal(format!("address {digits}: invalid port")))?,
    };
    if host.is_empty() {
        return Ok((every_address(), port).into());
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok((ip, port).into());
    }
    let found = tokio::time::timeout(RESOLVE_WITHIN, tokio::net::lookup_host((host, port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    };
    addresses
        .iter()
        .find(|address| address.is_ipv4())
        .or(addresses.first())
        .copied()
        .ok_or_else(|| ApiError::internal(format!("lookup {host}: no such host")))
}

/// Both families where the system has both, else IPv4 alone.
fn every_address() -> IpAddr {
    match Socket::new(Domain::IPV6, Type::STREAM, None) {
        Ok(_) => Ipv6Addr::UNSPECIFIED.into(),
        Err(_) => Ipv4Addr::UNSPECIFIED.into(),
    }
}

/// Host, without brackets, and port. The messages are Go's.
fn split(listen: &str) -> Result<(&str, &str), String> {
    if listen.is_empty() {
        return Ok(("", ""));
    }
    let wrong = |what: &str| format!("address {listen}: {what} in address");
    if let Some(bracketed) = listen.strip_prefix('[') {
        let (host, rest) = bracketed
            .split_once(']')
            .ok_or_else(|| wrong("missing ']'"))?;
        let port = rest
            .strip_prefix(':')
            .ok_or_else(|| wrong("missing port"))?;
        return Ok((host, port));
    }
    let (host, port) = listen
        .rsplit_once(':')
        .ok_or_else(|| wrong("missing port"))?;
    if host.contains(':') {
        return Err(wrong("too many colons"));
    }
    Ok((host, port))
}

/// A failure to listen, in Go's words: `listen tcp 127.0.0.1:80: bind: permission denied`.
pub(super) fn listen_error(address: SocketAddr, error: &io::Error) -> ApiError {
    // `Address already in use (os error 98)`
    let text = error.to_string().to_lowercase();
    let reason = text.split(" (os error").next().unwrap_or_default();
    // Go writes the address that stands for every address as nothing.
    let address = if address.ip().is_unspecified() {
        format!(":{}", address.port())
    } else {
        address.to_string()
    };
    ApiError::internal(format!("listen tcp {address}: bind: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn addresses_are_read_as_go_reads_them() {
        for (listen, address) in [
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("localhost:80", "127.0.0.1:80"),
            ("[::1]:80", "[::1]:80"),
            (":80", "[::]:80"),
            (":0", "[::]:0"),
            (":", "[::]:0"),
            ("", "[::]:0"),
        ] {
            assert_eq!(
                resolve(listen).await,
                Ok(address.parse().unwrap()),
                "{listen}"
            );
        }
    }

    #[tokio::test]
    async fn bad_addresses_are_named_in_gos_words() {
        for (listen, message) in [
            ("bad", "address bad: missing port in address"),
            ("[::1]", "address [::1]: missing port in address"),
            ("::1:80", "address ::1:80: too many colons in address"),
            ("[::1:80", "address [::1:80: missing ']' in address"),
            ("127.0.0.1:99999", "address 99999: invalid port"),
            ("127.0.0.1:-1", "address -1: invalid port"),
        ] {
            let error = resolve(listen).await.unwrap_err();
            assert_eq!(error.message, message, "{listen}");
            assert_eq!(error.status, 500);
        }
    }

    #[test]
    fn a_failure_to_listen_reads_as_in_go() {
        let error = listen_error(
            "127.0.0.1:8474".parse().unwrap(),
            &io::Error::from_raw_os_error(98),
        );
        assert_eq!(
            error.message,
            "listen tcp 127.0.0.1:8474: bind: address already in use"
        );
    }
}
