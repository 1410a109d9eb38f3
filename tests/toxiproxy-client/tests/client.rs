//! `toxiproxy_rust` as it is published, against our control API.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rtest_core::{MonotonicClock, Seed};
use rtest_proxy::{ApiServer, Registry};
use tokio_util::sync::CancellationToken;
use toxiproxy_rust::client::Client;
use toxiproxy_rust::proxy::{Proxy, ProxyPack};

/// Our control API on a port of its own, and a client of it.
struct Server {
    client: Client,
    cancel: CancellationToken,
    // The client blocks, so the server needs threads of its own.
    runtime: tokio::runtime::Runtime,
    serving: Option<tokio::task::JoinHandle<()>>,
}

impl Server {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Arc::new(MonotonicClock::start());
        let registry = Arc::new(Registry::new(Seed::new(42), clock));
        let cancel = CancellationToken::new();
        let serving = runtime.spawn(ApiServer::serve(listener, registry, cancel.clone()));
        Self {
            client: Client::new(address),
            cancel,
            runtime,
            serving: Some(serving),
        }
    }

    /// A proxy called `socket` before an upstream that echoes.
    fn proxy(&self) -> Proxy {
        let pack = ProxyPack::new("socket".into(), "127.0.0.1:0".into(), echo().to_string());
        let mut proxies = self.client.populate(vec![pack]).unwrap();
        assert_eq!(proxies.len(), 1);
        proxies.remove(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.cancel.cancel();
        if let Some(serving) = self.serving.take() {
            let _ = self.runtime.block_on(serving);
        }
    }
}

fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut &client, &mut &client);
            });
        }
    });
    address
}

/// One round trip on a connection of its own; how long it took.
fn round_trip(listen: &str) -> std::io::Result<Duration> {
    let mut stream = TcpStream::connect(listen)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let start = Instant::now();
    stream.write_all(b"ping")?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer)?;
    assert_eq!(&answer, b"ping");
    Ok(start.elapsed())
}

#[test]
fn it_finds_a_server_that_is_running_and_its_version() {
    let server = Server::start();
    assert!(server.client.is_running());
    assert_eq!(
        server.client.version().unwrap(),
        "{\"version\": \"2.12.0\"}\n"
    );
}

#[test]
fn it_populates_lists_and_finds_proxies() {
    let server = Server::start();
    let listen = server.proxy().proxy_pack.listen;
    assert_ne!(listen, "127.0.0.1:0", "the real port is shown");
    round_trip(&listen).unwrap();

    let all = server.client.all().unwrap();
    assert_eq!(all.keys().collect::<Vec<_>>(), ["socket"]);
    let found = server.client.find_proxy("socket").unwrap();
    assert_eq!(found.proxy_pack.listen, listen);
    assert!(found.proxy_pack.enabled);
    assert!(found.proxy_pack.toxics.is_empty());
    assert!(server.client.find_proxy("missing").is_err());
}

#[test]
fn its_latency_delays_and_is_gone_after_apply() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy
        .with_latency("downstream".into(), 150, 0, 1.0)
        .with_latency("upstream".into(), 100, 0, 1.0)
        .apply(|| {
            let toxics = proxy.toxics().unwrap();
            let names: Vec<&str> = toxics.iter().map(|toxic| toxic.name.as_str()).collect();
            assert_eq!(names, ["latency_upstream", "latency_downstream"]);
            assert_eq!(toxics[1].attributes["latency"], 150);
            assert!(round_trip(&listen).unwrap() >= Duration::from_millis(250));
        })
        .unwrap();
    assert!(proxy.toxics().unwrap().is_empty());
    assert!(round_trip(&listen).unwrap() < Duration::from_millis(100));
}

/// Sends `count` bytes through the echo and reads until as many are back or the connection ends; how
/// many came back, and how long it took.
fn exchange(listen: &str, count: usize) -> (std::io::Result<usize>, Duration) {
    let mut stream = TcpStream::connect(listen).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let start = Instant::now();
    stream.write_all(&vec![7; count]).unwrap();
    let mut seen = 0;
    let mut block = vec![0; 65_536];
    while seen < count {
        match stream.read(&mut block) {
            Ok(0) => break,
            Ok(read) => seen += read,
            Err(error) => return (Err(error), start.elapsed()),
        }
    }
    (Ok(seen), start.elapsed())
}

#[test]
fn its_bandwidth_takes_as_long_as_the_bytes_need() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy
        .with_bandwidth("downstream".into(), 1000, 1.0)
        .apply(|| {
            let (seen, took) = exchange(&listen, 200_000);
            assert_eq!(seen.unwrap(), 200_000);
            assert!(took >= Duration::from_millis(195), "{took:?}");
            assert!(took <= Duration::from_millis(600), "{took:?}");
        })
        .unwrap();
}

#[test]
fn its_slow_close_delays_the_end() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy
        .with_slow_close("downstream".into(), 200, 1.0)
        .apply(|| {
            let mut stream = TcpStream::connect(&listen).unwrap();
            stream.write_all(b"x").unwrap();
            stream.read_exact(&mut [0; 1]).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            let start = Instant::now();
            assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
            assert!(start.elapsed() >= Duration::from_millis(200));
        })
        .unwrap();
}

#[test]
fn its_timeout_closes_after_the_quiet_time_and_when_it_is_removed() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy
        .with_timeout("downstream".into(), 150, 1.0)
        .apply(|| {
            let (seen, took) = exchange(&listen, 4);
            assert_eq!(seen.unwrap(), 0);
            assert!(took >= Duration::from_millis(150), "{took:?}");
        })
        .unwrap();

    let mut live = TcpStream::connect(&listen).unwrap();
    live.set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    proxy
        .with_timeout("downstream".into(), 0, 1.0)
        .apply(|| live.write_all(b"into the void").unwrap())
        .unwrap();
    assert_eq!(live.read(&mut [0; 1]).unwrap(), 0, "cut");
}

#[test]
fn its_slicer_takes_a_delay_for_each_piece() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy
        .with_slicer("upstream".into(), 100, 0, 5_000, 1.0)
        .apply(|| {
            let (seen, took) = exchange(&listen, 2_000);
            assert_eq!(seen.unwrap(), 2_000);
            assert!(took >= Duration::from_millis(95), "{took:?}");
        })
        .unwrap();
}

#[test]
fn its_limit_data_ends_the_connection_after_so_many_bytes() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy
        .with_limit_data("downstream".into(), 1_000, 1.0)
        .apply(|| assert_eq!(exchange(&listen, 5_000).0.unwrap(), 1_000))
        .unwrap();
    assert_eq!(exchange(&listen, 5_000).0.unwrap(), 5_000);
}

#[test]
fn a_toxicity_of_zero_touches_nothing() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy
        .with_latency("downstream".into(), 5_000, 0, 0.0)
        .apply(|| assert!(round_trip(&listen).unwrap() < Duration::from_secs(2)))
        .unwrap();
}

#[test]
fn it_takes_a_proxy_down_and_up_again_on_the_same_port() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    let mut live = TcpStream::connect(&listen).unwrap();
    live.write_all(b"x").unwrap();
    live.read_exact(&mut [0; 1]).unwrap();
    proxy
        .with_down(|| {
            assert_eq!(live.read(&mut [0; 1]).unwrap(), 0, "cut");
            let refused = round_trip(&listen).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
            let shown = server.client.find_proxy("socket").unwrap();
            assert!(!shown.proxy_pack.enabled);
        })
        .unwrap();
    round_trip(&listen).unwrap();
}

#[test]
fn it_resets_everything() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy.with_latency("downstream".into(), 5_000, 0, 1.0);
    proxy.disable().unwrap();
    server.client.reset().unwrap();
    assert!(round_trip(&listen).unwrap() < Duration::from_secs(2));
    assert!(proxy.toxics().unwrap().is_empty());

    proxy.with_latency("upstream".into(), 5_000, 0, 1.0);
    proxy.disable().unwrap();
    let found = server.client.find_and_reset_proxy("socket").unwrap();
    assert!(found.toxics().unwrap().is_empty());
    round_trip(&listen).unwrap();
}

#[test]
fn it_deletes_a_proxy() {
    let server = Server::start();
    let proxy = server.proxy();
    let listen = proxy.proxy_pack.listen.clone();
    proxy.delete().unwrap();
    assert!(server.client.all().unwrap().is_empty());
    let refused = round_trip(&listen).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}
