//! What each toxic does to a connection, new or live, in either direction: real sockets on paused
//! time.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use rtest_proxy::{
    Bandwidth, Latency, LimitData, Proxy, ResetPeer, Slicer, SlowClose, Stream, Timeout, Toxic,
    ToxicConfig, Toxicity,
};
use support::{Upstream, connect, echo, expect_bytes, fill, link, proxy_to, soon, took};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MS: Duration = Duration::from_millis(1);
const BOTH: [Stream; 2] = [Stream::Upstream, Stream::Downstream];

/// A wait ends up to two milliseconds late on tokio's timer, which keeps the paused time.
fn assert_took(took: Duration, wanted: Duration) {
    assert!(
        took >= wanted && took <= wanted + 3 * MS,
        "{took:?} instead of {wanted:?}"
    );
}

/// A proxy and a link through it whose ends are in order of `stream`: who sends, who receives.
async fn sender_and_receiver(stream: Stream) -> (Proxy, TcpStream, TcpStream) {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    // The link is live in both directions before anything is added.
    client.write_all(b"hello").await.unwrap();
    expect_bytes(&mut server, b"hello").await;
    server.write_all(b"hello").await.unwrap();
    expect_bytes(&mut client, b"hello").await;
    match stream {
        Stream::Upstream => (proxy, client, server),
        Stream::Downstream => (proxy, server, client),
    }
}

fn add(proxy: &Proxy, stream: Stream, toxic: impl Toxic) {
    proxy
        .add_toxic(ToxicConfig::new(stream, toxic).named("t"))
        .unwrap();
}

async fn read_all(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut seen = Vec::new();
    soon(stream.read_to_end(&mut seen)).await?;
    Ok(seen)
}

/// How the next read ends: nothing more, or an error.
async fn end(stream: &mut TcpStream) -> Result<usize, ErrorKind> {
    soon(stream.read(&mut [0; 16]))
        .await
        .map_err(|error| error.kind())
}

async fn is_silent(stream: &mut TcpStream, time: Duration) -> bool {
    tokio::time::timeout(time, stream.read(&mut [0; 1]))
        .await
        .is_err()
}

#[tokio::test(start_paused = true)]
async fn bandwidth_takes_as_long_as_the_bytes_need_in_either_direction() {
    for stream in BOTH {
        let (proxy, mut sender, mut receiver) = sender_and_receiver(stream).await;
        add(&proxy, stream, Bandwidth::new(1000));
        let sent: Vec<u8> = (0..100_000_u32).map(|index| (index / 3) as u8).collect();
        let (_, elapsed) = took(async {
            sender.write_all(&sent).await.unwrap();
            expect_bytes(&mut receiver, &sent).await;
        })
        .await;
        assert_took(elapsed, 100 * MS);
        let (_, elapsed) = took(async {
            receiver.write_all(&sent[..50_000]).await.unwrap();
            expect_bytes(&mut sender, &sent[..50_000]).await;
        })
        .await;
        assert_took(elapsed, Duration::ZERO);
    }
}

#[tokio::test(start_paused = true)]
async fn a_bandwidth_of_zero_stalls_and_removing_it_gives_back_every_byte() {
    let (proxy, mut sender, mut receiver) = sender_and_receiver(Stream::Upstream).await;
    add(&proxy, Stream::Upstream, Bandwidth::new(0));
    sender.write_all(b"stalled").await.unwrap();
    sender.shutdown().await.unwrap();
    assert!(is_silent(&mut receiver, Duration::from_secs(3600)).await);
    proxy.remove_toxic("t").unwrap();
    assert_eq!(read_all(&mut receiver).await.unwrap(), b"stalled");
}

#[tokio::test(start_paused = true)]
async fn bandwidth_makes_the_sender_wait_instead_of_holding_what_it_sends() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (client, _server) = link(&proxy, &upstream).await;
    // Sockets hold some megabytes by themselves.
    let by_sockets = fill(&client).await;
    add(&proxy, Stream::Upstream, Bandwidth::new(1));
    let (client, _server) = link(&proxy, &upstream).await;
    let held = fill(&client).await;
    assert!(
        held <= by_sockets + 256 * 1024,
        "{held} bytes with bandwidth, {by_sockets} without"
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_no_more_than_the_bandwidth_afterwards() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (client, mut server) = link(&proxy, &upstream).await;
    let sent = fill(&client).await;
    add(&proxy, Stream::Upstream, Bandwidth::new(1000));
    let more = fill(&client).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    drop(client);
    let mut left = sent + more;
    let mut block = vec![0; 1024 * 1024];
    while left > 0 {
        let count = soon(server.read(&mut block)).await.unwrap();
        assert!(count > 0, "{left} bytes lost");
        assert!(block[..count].iter().all(|byte| *byte == 7));
        left -= count;
    }
    assert_eq!(end(&mut server).await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn slow_close_delays_the_end_and_nothing_else() {
    for stream in BOTH {
        let (proxy, mut sender, mut receiver) = sender_and_receiver(stream).await;
        add(&proxy, stream, SlowClose::new(300 * MS));
        let (_, elapsed) = took(async {
            sender.write_all(b"now").await.unwrap();
            expect_bytes(&mut receiver, b"now").await;
        })
        .await;
        assert_took(elapsed, Duration::ZERO);
        let (ended, elapsed) = took(async {
            sender.shutdown().await.unwrap();
            end(&mut receiver).await
        })
        .await;
        assert_eq!(ended, Ok(0));
        assert_took(elapsed, 300 * MS);
        // The other direction goes on meanwhile and afterwards.
        receiver.write_all(b"answer").await.unwrap();
        expect_bytes(&mut sender, b"answer").await;
    }
}

#[tokio::test(start_paused = true)]
async fn timeout_drops_bytes_and_closes_both_ends_after_the_quiet_time() {
    for stream in BOTH {
        let (proxy, mut sender, mut receiver) = sender_and_receiver(stream).await;
        add(&proxy, stream, Timeout::new(200 * MS));
        sender.write_all(b"lost").await.unwrap();
        tokio::time::sleep(100 * MS).await;
        sender.write_all(b"lost too").await.unwrap();
        let ((sender_end, receiver_end), elapsed) =
            took(async { (end(&mut sender).await, end(&mut receiver).await) }).await;
        assert_eq!((sender_end, receiver_end), (Ok(0), Ok(0)));
        assert_took(elapsed, 200 * MS);
        assert_eq!(proxy.connections(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_connection_that_says_nothing_times_out_too() {
    let proxy = proxy_to(echo().await).await;
    add(&proxy, Stream::Downstream, Timeout::new(200 * MS));
    let mut client = connect(&proxy).await;
    let (ended, elapsed) = took(end(&mut client)).await;
    assert_eq!(ended, Ok(0));
    assert_took(elapsed, 200 * MS);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_zero_holds_until_it_is_removed_which_closes_the_live_connections() {
    for stream in BOTH {
        let (proxy, mut sender, mut receiver) = sender_and_receiver(stream).await;
        add(&proxy, stream, Timeout::new(Duration::ZERO));
        sender.write_all(b"lost").await.unwrap();
        assert!(is_silent(&mut receiver, Duration::from_secs(3600)).await);
        // The other direction works.
        receiver.write_all(b"heard").await.unwrap();
        expect_bytes(&mut sender, b"heard").await;
        proxy.remove_toxic("t").unwrap();
        let (ends, elapsed) =
            took(async { (end(&mut sender).await, end(&mut receiver).await) }).await;
        assert_eq!(ends, (Ok(0), Ok(0)));
        assert_took(elapsed, Duration::ZERO);
        assert_eq!(proxy.connections(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn reset_peer_resets_both_ends_of_a_live_connection() {
    for stream in BOTH {
        for silent in [false, true] {
            let (proxy, mut sender, mut receiver) = sender_and_receiver(stream).await;
            add(&proxy, stream, ResetPeer::new(100 * MS));
            if !silent {
                sender.write_all(b"lost").await.unwrap();
            }
            let (ends, elapsed) =
                took(async { (end(&mut sender).await, end(&mut receiver).await) }).await;
            let reset = Err(ErrorKind::ConnectionReset);
            assert_eq!(ends, (reset, reset), "{stream}, silent: {silent}");
            let spared = if silent { 50 * MS } else { Duration::ZERO };
            assert_took(elapsed, 100 * MS + spared);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn reset_peer_resets_a_new_connection_after_its_first_bytes() {
    for (stream, timeout) in [
        (Stream::Upstream, Duration::ZERO),
        (Stream::Upstream, 100 * MS),
        (Stream::Downstream, Duration::ZERO),
        (Stream::Downstream, 100 * MS),
    ] {
        let proxy = proxy_to(echo().await).await;
        add(&proxy, stream, ResetPeer::new(timeout));
        let mut client = connect(&proxy).await;
        client.write_all(b"reset me").await.unwrap();
        let (ended, elapsed) = took(end(&mut client)).await;
        assert_eq!(ended, Err(ErrorKind::ConnectionReset), "{stream}");
        assert_took(elapsed, timeout);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_overtakes_what_a_receiver_does_not_take() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (client, server) = link(&proxy, &upstream).await;
    fill(&client).await;
    add(&proxy, Stream::Upstream, ResetPeer::new(20 * MS));
    tokio::time::sleep(200 * MS).await;
    for stream in [&client, &server] {
        soon(stream.ready(tokio::io::Interest::ERROR))
            .await
            .unwrap();
    }
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn slicer_sends_pieces_one_by_one_a_delay_apart() {
    for stream in BOTH {
        let (proxy, mut sender, mut receiver) = sender_and_receiver(stream).await;
        add(&proxy, stream, Slicer::new(10, 4, 20 * MS));
        let sent: Vec<u8> = (0..100).collect();
        sender.write_all(&sent).await.unwrap();
        let mut seen = Vec::new();
        let mut gaps = Vec::new();
        while seen.len() < sent.len() {
            let mut piece = [0; 64];
            let (count, gap) = took(soon(receiver.read(&mut piece))).await;
            let count = count.unwrap();
            assert!((1..=14).contains(&count), "{count}");
            seen.extend_from_slice(&piece[..count]);
            gaps.push(gap);
        }
        assert_eq!(seen, sent);
        for gap in &gaps[1..] {
            assert_took(*gap, 20 * MS);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn limit_data_closes_both_ends_after_so_many_bytes_from_when_it_was_added() {
    for stream in BOTH {
        let (proxy, mut sender, mut receiver) = sender_and_receiver(stream).await;
        add(&proxy, stream, LimitData::new(10));
        sender.write_all(b"123456").await.unwrap();
        expect_bytes(&mut receiver, b"123456").await;
        sender.write_all(b"7890 and more").await.unwrap();
        assert_eq!(read_all(&mut receiver).await.unwrap(), b"7890");
        assert_eq!(end(&mut sender).await, Ok(0));
        assert_eq!(proxy.connections(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_behind_a_latency_and_a_slow_close_behind_a_limit_act_in_order() {
    let (proxy, mut sender, mut receiver) = sender_and_receiver(Stream::Upstream).await;
    let latency = Latency::new(100 * MS, Duration::ZERO);
    for toxic in [
        ToxicConfig::new(Stream::Upstream, latency),
        ToxicConfig::new(Stream::Upstream, LimitData::new(4)),
        ToxicConfig::new(Stream::Upstream, SlowClose::new(50 * MS)),
    ] {
        proxy.add_toxic(toxic).unwrap();
    }
    sender.write_all(b"123456").await.unwrap();
    let (_, elapsed) = took(expect_bytes(&mut receiver, b"1234")).await;
    assert_took(elapsed, 100 * MS);
    let (ended, elapsed) = took(end(&mut receiver)).await;
    assert_eq!(ended, Ok(0));
    assert_took(elapsed, 50 * MS);
}

#[tokio::test(start_paused = true)]
async fn a_toxicity_of_zero_makes_every_toxic_inert() {
    let proxy = proxy_to(echo().await).await;
    for stream in BOTH {
        let inert = |name: &str, toxic: ToxicConfig| {
            let toxic = toxic.named(format!("{name} {stream}"));
            proxy
                .add_toxic(toxic.with_toxicity(Toxicity::new(0.0)))
                .unwrap();
        };
        inert("bandwidth", ToxicConfig::new(stream, Bandwidth::new(0)));
        inert("limit", ToxicConfig::new(stream, LimitData::new(0)));
        inert(
            "reset",
            ToxicConfig::new(stream, ResetPeer::new(Duration::ZERO)),
        );
        inert("slicer", ToxicConfig::new(stream, Slicer::new(1, 0, MS)));
        inert("close", ToxicConfig::new(stream, SlowClose::new(1000 * MS)));
        inert("timeout", ToxicConfig::new(stream, Timeout::new(MS)));
    }
    let mut client = connect(&proxy).await;
    let (_, elapsed) = took(async {
        client.write_all(b"untouched").await.unwrap();
        expect_bytes(&mut client, b"untouched").await;
        client.shutdown().await.unwrap();
        assert_eq!(end(&mut client).await, Ok(0));
    })
    .await;
    assert_took(elapsed, Duration::ZERO);
    for toxic in proxy.toxics() {
        proxy.remove_toxic(&toxic.name).unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_shuts_its_write_side_gets_its_answer_through_every_shaping_toxic() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    for stream in BOTH {
        let shaping = |name: &str, toxic: ToxicConfig| {
            proxy
                .add_toxic(toxic.named(format!("{name} {stream}")))
                .unwrap();
        };
        shaping(
            "latency",
            ToxicConfig::new(stream, Latency::new(10 * MS, 5 * MS)),
        );
        shaping(
            "bandwidth",
            ToxicConfig::new(stream, Bandwidth::new(10_000)),
        );
        shaping(
            "slicer",
            ToxicConfig::new(stream, Slicer::new(1000, 500, MS)),
        );
        shaping("close", ToxicConfig::new(stream, SlowClose::new(20 * MS)));
        shaping("limit", ToxicConfig::new(stream, LimitData::new(1_000_000)));
    }
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(read_all(&mut server).await.unwrap(), b"question");
    let answer: Vec<u8> = (0..300_000_u32).map(|index| (index / 7) as u8).collect();
    let writing = tokio::spawn({
        let answer = answer.clone();
        async move { server.write_all(&answer).await.unwrap() }
    });
    let seen = read_all(&mut client).await.unwrap();
    assert!(seen == answer, "{} of {} bytes", seen.len(), answer.len());
    writing.await.unwrap();
}
