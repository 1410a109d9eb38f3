//! Many checksummed streams at once while toxics come and go, on real time: the scheduling itself
//! is the subject.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::time::Duration;

use rand::{Rng, RngExt};
use rtest_core::Seed;
use rtest_proxy::{Bandwidth, Latency, Proxy, Slicer, SlowClose, Stream, ToxicConfig, Toxicity};
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

/// A toxic that holds bytes back and keeps all of them.
fn shaping(random: &mut impl Rng, stream: Stream) -> ToxicConfig {
    match random.random_range(0..4) {
        0 => {
            let latency = Latency::new(
                Duration::from_micros(random.random_range(0..15_000)),
                Duration::from_micros(random.random_range(0..10_000)),
            );
            ToxicConfig::new(stream, latency)
        }
        1 => ToxicConfig::new(stream, Bandwidth::new(random.random_range(100..100_000))),
        2 => {
            let slicer = Slicer::new(
                random.random_range(0..3_000),
                random.random_range(0..4_000),
                Duration::from_micros(random.random_range(0..200)),
            );
            ToxicConfig::new(stream, slicer)
        }
        _ => {
            let delay = Duration::from_millis(random.random_range(0..20));
            ToxicConfig::new(stream, SlowClose::new(delay))
        }
    }
}

/// Adds, updates and removes toxics at random until dropped.
async fn torment(proxy: Proxy) {
    let mut random = Seed::new(9).stream("torment");
    loop {
        let stream = if random.random_bool(0.5) {
            Stream::Upstream
        } else {
            Stream::Downstream
        };
        let name = format!("toxic {}", random.random_range(0..4));
        let toxic = shaping(&mut random, stream)
            .named(name.clone())
            .with_toxicity(Toxicity::new(random.random_range(0.0..1.2)));
        // Where it is there already, of the same type, it is changed; of another type, removed.
        if proxy.add_toxic(toxic.clone()).is_err() && proxy.update_toxic(toxic).is_err() {
            proxy.remove_toxic(&name).unwrap();
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
async fn a_thousand_streams_lose_and_reorder_nothing_while_toxics_come_and_go() {
    streams_survive(1000, 20_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_streams_lose_and_reorder_nothing_while_toxics_come_and_go() {
    streams_survive(4, 6_000_000).await;
}
