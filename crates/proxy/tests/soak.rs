//! A day's worth of trouble in some seconds: connections that end in every way there is, while
//! toxics come and go. A process of its own, whose descriptors and memory are what is looked at.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rand::{Rng, RngExt};
use rtest_core::Seed;
use rtest_proxy::{
    Bandwidth, Latency, LimitData, Proxy, ResetPeer, Slicer, SlowClose, Stream, Timeout,
    ToxicConfig, Toxicity,
};
use support::{echo, proxy_to};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const CONNECTIONS: usize = 2_000;
const AT_ONCE: usize = 64;
const BYTES: usize = 20_000;

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.unwrap().split_whitespace().next().unwrap();
    kilobytes.parse::<usize>().unwrap() * 1024
}

fn any_toxic(random: &mut impl Rng) -> ToxicConfig {
    let stream = if random.random_bool(0.5) {
        Stream::Upstream
    } else {
        Stream::Downstream
    };
    let few_ms = Duration::from_millis(random.random_range(0..8));
    match random.random_range(0..7) {
        0 => ToxicConfig::new(stream, Latency::new(few_ms, few_ms)),
        1 => ToxicConfig::new(stream, Bandwidth::new(random.random_range(0..50_000))),
        2 => ToxicConfig::new(stream, Slicer::new(300, 200, few_ms / 20)),
        3 => ToxicConfig::new(stream, SlowClose::new(few_ms)),
        4 => ToxicConfig::new(
            stream,
            LimitData::new(random.random_range(0..2 * BYTES as u64)),
        ),
        5 => ToxicConfig::new(stream, ResetPeer::new(few_ms)),
        _ => ToxicConfig::new(stream, Timeout::new(few_ms)),
    }
}

/// Adds and removes every kind of toxic, and takes the proxy down now and then.
async fn torment(proxy: Proxy) {
    let mut random = Seed::new(3).stream("soak");
    loop {
        let name = format!("toxic {}", random.random_range(0..5));
        if proxy.remove_toxic(&name).is_err() {
            let toxic = any_toxic(&mut random)
                .named(name)
                .with_toxicity(Toxicity::new(random.random_range(0.0..0.6)));
            proxy.add_toxic(toxic).unwrap();
        }
        if random.random_bool(0.02) {
            proxy.disable().await;
            proxy.enable().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(0..4))).await;
    }
}

/// Sends bytes and reads what comes back, however it ends: what came back is a beginning of what was
/// sent. Returns whether all of it did.
async fn exchange(proxy: &Proxy, number: usize) -> bool {
    let Ok(client) = tokio::net::TcpStream::connect(proxy.listen()).await else {
        return false;
    };
    let sent: Vec<u8> = (0..BYTES).map(|at| (at * 7 + number) as u8).collect();
    let (mut from, mut to) = client.into_split();
    let writing = async {
        let _ = to.write_all(&sent).await;
        let _ = to.shutdown().await;
    };
    let reading = async {
        let mut seen = Vec::new();
        let _ = from.read_to_end(&mut seen).await;
        seen
    };
    let ((), seen) = tokio::join!(writing, reading);
    assert!(sent.starts_with(&seen), "connection {number}: a wrong byte");
    seen.len() == sent.len()
}

async fn round(proxy: &Proxy) -> usize {
    let next = Arc::new(AtomicUsize::new(0));
    let whole = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (proxy, next, whole) = (proxy.clone(), next.clone(), whole.clone());
            tokio::spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= CONNECTIONS {
                        break;
                    }
                    let exchange = exchange(&proxy, number);
                    let limit = Duration::from_secs(60);
                    let ended = tokio::time::timeout(limit, exchange).await;
                    whole.fetch_add(usize::from(ended.expect("no hang")), Ordering::Relaxed);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    whole.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_descriptors_nor_memory_grow_however_connections_end() {
    let proxy = proxy_to(echo().await).await;
    let descriptors = open_descriptors();
    let tormentor = tokio::spawn(torment(proxy.clone()));
    // The first round brings the allocator and the runtime to their size.
    round(&proxy).await;
    let memory = resident_bytes();
    for _ in 0..3 {
        let whole = round(&proxy).await;
        assert!(
            (CONNECTIONS / 20..CONNECTIONS).contains(&whole),
            "{whole} of {CONNECTIONS} came back whole"
        );
    }
    let grown = resident_bytes().saturating_sub(memory);
    assert!(
        grown < 8 * 1024 * 1024,
        "{grown} bytes more after three rounds"
    );

    tormentor.abort();
    let _ = tormentor.await;
    proxy.disable().await;
    assert_eq!(proxy.connections(), 0);
    // The echo's ends go as it reads that they are over.
    for _ in 0..500 {
        if open_descriptors() <= descriptors {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let left = open_descriptors();
    assert!(
        left <= descriptors,
        "{left} descriptors, {descriptors} before"
    );
}
