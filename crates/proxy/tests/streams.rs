//! Many checksummed streams at once while toxics come and go, on real time: the scheduling itself
//! is the subject.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::time::Duration;

use rand::{Rng, RngExt};
use rtest_core::Seed;
use rtest_proxy::{Latency, Proxy, Stream, ToxicConfig, Toxicity};
use support::{connect, echo, proxy_to};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The bytes of one stream: recognisable at every offset, different for every stream.
fn bytes_of(stream: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    Seed::new(stream).stream("bytes").fill_bytes(&mut bytes);
    bytes
}

/// Sends `length` bytes in pieces of many sizes through an echo, and checks each that comes back.
async fn checked_round_trip(proxy: Proxy, stream: u64, length: usize) {
    let client = connect(&proxy).await;
    let (mut from, mut to) = client.into_split();
    let expected = bytes_of(stream, length);
    let sending = tokio::spawn({
        let bytes = expected.clone();
        async move {
            let mut sizes = Seed::new(stream).stream("sizes");
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let most = if sizes.random_bool(0.2) { 40_000 } else { 600 };
                let (piece, after) = rest.split_at(sizes.random_range(1..=most).min(rest.len()));
                to.write_all(piece).await.unwrap();
                rest = after;
                tokio::task::yield_now().await;
            }
            to.shutdown().await.unwrap();
        }
    });
    let mut seen = Vec::with_capacity(length);
    from.read_to_end(&mut seen).await.unwrap();
    sending.await.unwrap();
    assert_eq!(seen.len(), length, "stream {stream}: length");
    let differs = seen.iter().zip(&expected).position(|(a, b)| a != b);
    assert_eq!(differs, None, "stream {stream}: first wrong byte");
}

/// Adds, updates by removing and adding, and removes latencies at random until dropped.
async fn torment(proxy: Proxy) {
    let mut random = Seed::new(9).stream("torment");
    loop {
        let stream = if random.random_bool(0.5) {
            Stream::Upstream
        } else {
            Stream::Downstream
        };
        let name = format!("toxic {}", random.random_range(0..4));
        if proxy.remove_toxic(&name).is_err() {
            let latency = Latency::new(
                Duration::from_micros(random.random_range(0..15_000)),
                Duration::from_micros(random.random_range(0..10_000)),
            );
            let toxic = ToxicConfig::new(stream, latency)
                .named(name)
                .with_toxicity(Toxicity::new(random.random_range(0.0..1.2)));
            proxy.add_toxic(toxic).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(random.random_range(0..4))).await;
    }
}

async fn streams_survive(count: u64, length: usize) {
    let proxy = proxy_to(echo().await).await;
    let tormentor = tokio::spawn(torment(proxy.clone()));
    let streams: Vec<_> = (0..count)
        .map(|stream| tokio::spawn(checked_round_trip(proxy.clone(), stream, length)))
        .collect();
    for stream in streams {
        tokio::time::timeout(Duration::from_secs(60), stream)
            .await
            .expect("no stream hangs")
            .unwrap();
    }
    tormentor.abort();
    proxy.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_streams_lose_and_reorder_nothing_while_toxics_come_and_go() {
    streams_survive(200, 60_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_streams_lose_and_reorder_nothing_while_toxics_come_and_go() {
    streams_survive(4, 6_000_000).await;
}
