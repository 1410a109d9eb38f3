//! What the proxy costs, beside a bare `tokio::io::copy_bidirectional` and beside nothing:
//!
//! ```text
//! cargo run --release -p rtest-proxy --example cost
//! ```
//!
//! CPU time is that of the relay's own thread, so that client and server do not count; only the
//! ratios within one run mean anything. It ends with how late a delay of 20 ms is, and with what
//! idle connections cost a process that does nothing but proxy.
#![allow(clippy::print_stdout, clippy::unwrap_used)] // a report on a terminal

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rtest_core::{Clock, MonotonicClock, Seed};
use rtest_proxy::{Latency, Proxy, ProxyConfig, Stream, ToxicConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

const BULK: usize = 1_000_000_000;
const BLOCK: usize = 256 * 1024;
const SMALL: usize = 100;
const REQUESTS: usize = 30_000;
const ROUNDS: usize = 9;
const LATENESS_ROUNDS: usize = 500;
/// A proxy has two sockets for each; a process may have 20,000 files open here.
const IDLE_CONNECTIONS: usize = 9_900;
/// The argument that makes this the process that is measured.
const IDLE: &str = "idle";
/// The argument that leaves out everything but how late a delay is.
const LATENESS: &str = "lateness";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let part = std::env::args().nth(1);
    if part.as_deref() == Some(IDLE) {
        return hold_idle().await;
    }
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    let server = serve().await;
    if part.as_deref() == Some(LATENESS) {
        return lateness(server, clock).await;
    }
    let kinds = [Kind::Direct, Kind::Copy, Kind::Proxy, Kind::Latency];
    let mut costs = kinds.map(|_| Vec::new());
    // Interleaved, so that what else the machine does falls on all of them.
    for _ in 0..ROUNDS {
        for (kind, costs) in kinds.iter().zip(&mut costs) {
            let relay = Relay::start(*kind, server, clock.clone());
            let bulk = relay.cost(bulk(relay.address)).await;
            let start = clock.now();
            let small = relay.cost(small(relay.address)).await;
            costs.push([bulk, small, clock.now() - start]);
        }
    }
    println!("medians of {ROUNDS}: CPU-s/GB, CPU us/request, wall us/request");
    for (kind, costs) in kinds.iter().zip(&mut costs) {
        let mut median = |column: usize| {
            costs.sort_by_key(|cost| cost[column]);
            costs[ROUNDS / 2][column].as_secs_f64()
        };
        println!(
            "{:<20}{:>8.2}{:>8.1}{:>8.1}",
            kind.name(),
            median(0) / (BULK as f64 / 1e9),
            median(1) * 1e6 / REQUESTS as f64,
            median(2) * 1e6 / REQUESTS as f64,
        );
    }
    lateness(server, clock).await;
    idle(server).await;
}

#[derive(Clone, Copy)]
enum Kind {
    Direct,
    Copy,
    Proxy,
    /// A latency of 0 in both directions: what passing a stage costs.
    Latency,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Copy => "tokio copy, 64 KiB",
            Self::Proxy => "rtest proxy",
            Self::Latency => "rtest proxy, stage",
        }
    }
}

/// A relay on a thread of its own.
struct Relay {
    address: SocketAddr,
    /// Asks the thread for its CPU time.
    ask: Option<tokio::sync::mpsc::Sender<oneshot::Sender<Duration>>>,
}

impl Relay {
    fn start(kind: Kind, server: SocketAddr, clock: Arc<dyn Clock>) -> Self {
        if matches!(kind, Kind::Direct) {
            return Self {
                address: server,
                ask: None,
            };
        }
        // One question at a time.
        let (ask, mut asked) = tokio::sync::mpsc::channel::<oneshot::Sender<Duration>>(1);
        let (ready, started) = mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let (address, _proxy) = match kind {
                    Kind::Copy => (copy(server).await, None),
                    _ => {
                        let proxy = proxy(server, clock).await;
                        if matches!(kind, Kind::Latency) {
                            for stream in [Stream::Upstream, Stream::Downstream] {
                                let none = Latency::new(Duration::ZERO, Duration::ZERO);
                                proxy.add_toxic(ToxicConfig::new(stream, none)).unwrap();
                            }
                        }
                        (proxy.listen(), Some(proxy))
                    }
                };
                ready.send(address).unwrap();
                while let Some(answer) = asked.recv().await {
                    let usage = getrusage(UsageWho::RUSAGE_THREAD).unwrap();
                    let _ = answer.send(cpu(&usage));
                }
            });
        });
        Self {
            address: started.recv().unwrap(),
            ask: Some(ask),
        }
    }

    async fn cost(&self, work: impl Future<Output = ()>) -> Duration {
        let before = self.cpu().await;
        work.await;
        self.cpu().await - before
    }

    async fn cpu(&self) -> Duration {
        let Some(ask) = &self.ask else {
            return Duration::ZERO;
        };
        let (answer, answered) = oneshot::channel();
        ask.send(answer).await.unwrap();
        answered.await.unwrap()
    }
}

fn cpu(usage: &Usage) -> Duration {
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Duration::from_micros(micros as u64)
}

async fn proxy(server: SocketAddr, clock: Arc<dyn Clock>) -> Proxy {
    let config = ProxyConfig {
        name: "cost".into(),
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        upstream: Some(server.to_string()),
        enabled: true,
        seed: Seed::new(1),
        observer: None,
    };
    Proxy::start(config, clock).await.unwrap()
}

async fn copy(server: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut upstream = TcpStream::connect(server).await.unwrap();
                client.set_nodelay(true).unwrap();
                upstream.set_nodelay(true).unwrap();
                let size = 64 * 1024;
                tokio::io::copy_bidirectional_with_sizes(&mut client, &mut upstream, size, size)
                    .await
            });
        }
    });
    address
}

/// Echoes small messages; swallows what follows a first byte of 1 and answers at its end.
async fn serve() -> SocketAddr {
    let (ready, started) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            ready.send(listener.local_addr().unwrap()).unwrap();
            while let Ok((mut client, _)) = listener.accept().await {
                client.set_nodelay(true).unwrap();
                tokio::spawn(async move {
                    let mut block = vec![0; BLOCK];
                    while let Ok(count @ 1..) = client.read(&mut block).await {
                        if block[0] == 0 {
                            client.write_all(&block[..count]).await.unwrap();
                        }
                    }
                    let _ = client.write_all(b"end").await;
                });
            }
        });
    });
    started.recv().unwrap()
}

async fn bulk(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let block = vec![1; BLOCK];
    for _ in 0..BULK / BLOCK {
        stream.write_all(&block).await.unwrap();
    }
    stream.shutdown().await.unwrap();
    let mut end = Vec::new();
    stream.read_to_end(&mut end).await.unwrap();
    assert_eq!(end, b"end");
}

async fn small(address: SocketAddr) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    for _ in 0..REQUESTS {
        round_trip(&mut stream).await;
    }
}

async fn round_trip(stream: &mut TcpStream) {
    stream.write_all(&[0; SMALL]).await.unwrap();
    stream.read_exact(&mut [0; SMALL]).await.unwrap();
}

async fn lateness(server: SocketAddr, clock: Arc<dyn Clock>) {
    const DELAY: Duration = Duration::from_millis(20);
    let proxy = proxy(server, clock.clone()).await;
    let mut stream = TcpStream::connect(proxy.listen()).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let toxic = ToxicConfig::new(Stream::Downstream, Latency::new(DELAY, Duration::ZERO));
    proxy.add_toxic(toxic).unwrap();
    let mut late: Vec<Duration> = Vec::new();
    let mut none: Vec<Duration> = Vec::new();
    for _ in 0..LATENESS_ROUNDS {
        let start = clock.now();
        round_trip(&mut stream).await;
        late.push((clock.now() - start).saturating_sub(DELAY));
    }
    proxy.remove_toxic("latency_downstream").unwrap();
    for _ in 0..LATENESS_ROUNDS {
        let start = clock.now();
        round_trip(&mut stream).await;
        none.push(clock.now() - start);
        tokio::time::sleep(DELAY).await;
    }
    for (what, mut times) in [
        ("a delay of 20 ms is late by", late),
        ("a round trip without it takes", none),
    ] {
        times.sort();
        println!(
            "{what} {:?} (min), {:?} (median), {:?} (p99)",
            times[0],
            times[LATENESS_ROUNDS / 2],
            times[LATENESS_ROUNDS * 99 / 100]
        );
    }
}

/// Measures, in a process of its own, what connections cost that say something once.
async fn idle(server: SocketAddr) {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([IDLE, &server.to_string()])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let address: SocketAddr = said.next().unwrap().unwrap().parse().unwrap();
    let before: u64 = said.next().unwrap().unwrap().parse().unwrap();
    let mut streams = Vec::new();
    for _ in 0..IDLE_CONNECTIONS {
        let mut stream = TcpStream::connect(address).await.unwrap();
        round_trip(&mut stream).await;
        streams.push(stream);
    }
    // Its next line is told when its input ends.
    drop(child.stdin.take());
    let after: u64 = said.next().unwrap().unwrap().parse().unwrap();
    println!(
        "{IDLE_CONNECTIONS} idle connections: {:.1} MB, {:.1} MB without any, {:.2} kB each",
        after as f64 / 1e3,
        before as f64 / 1e3,
        (after - before) as f64 / IDLE_CONNECTIONS as f64
    );
    child.wait().unwrap();
}

/// The process that is measured: says where it listens, and what it holds before and after.
async fn hold_idle() {
    let server: SocketAddr = std::env::args().nth(2).unwrap().parse().unwrap();
    let proxy = proxy(server, Arc::new(MonotonicClock::start())).await;
    println!("{}", proxy.listen());
    println!("{}", resident_kilobytes());
    let asked = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    asked.await.unwrap().unwrap();
    println!("{}", resident_kilobytes());
}

fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap()
}
