//! What a connection through the proxy sees, with real sockets on paused time.

#![allow(clippy::unwrap_used)] // in helpers too

mod support;

use std::io::ErrorKind;
use std::time::Duration;

use rtest_core::Seed;
use rtest_proxy::{HOLD_LIMIT, Latency, Proxy, ProxyErrorKind, Stream, ToxicConfig, Toxicity};
use support::{
    TokioClock, Upstream, config, connect, echo, expect_bytes, fill, link, loopback, proxy_to,
    soon, took,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const MS: Duration = Duration::from_millis(1);

fn latency(stream: Stream, latency: Duration) -> ToxicConfig {
    ToxicConfig::new(stream, Latency::new(latency, Duration::ZERO))
}

/// Whether a wait of `wanted` took as long, up to the timer's two milliseconds.
fn about(took: Duration, wanted: Duration) -> bool {
    took >= wanted && took <= wanted + 3 * MS
}

#[tokio::test(start_paused = true)]
async fn a_client_that_shuts_its_write_side_still_gets_the_whole_answer() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();

    let mut question = String::new();
    server.read_to_string(&mut question).await.unwrap();
    assert_eq!(question, "question");
    let answer: Vec<u8> = (0..2_000_000_u32).map(|index| (index / 7) as u8).collect();
    let writing = tokio::spawn({
        let answer = answer.clone();
        async move { server.write_all(&answer).await.unwrap() }
    });
    let mut seen = Vec::new();
    client.read_to_end(&mut seen).await.unwrap();
    assert!(seen == answer, "{} of {} bytes", seen.len(), answer.len());
    writing.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_shuts_its_write_side_still_gets_the_whole_request() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    server.shutdown().await.unwrap();
    assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
    client.write_all(b"still listening?").await.unwrap();
    expect_bytes(&mut server, b"still listening?").await;
}

#[tokio::test(start_paused = true)]
async fn an_end_arrives_in_order_behind_delayed_bytes() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    proxy
        .add_toxic(latency(Stream::Upstream, 100 * MS))
        .unwrap();
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.write_all(b"last words").await.unwrap();
    drop(client);
    let mut seen = String::new();
    let (_, elapsed) = took(server.read_to_string(&mut seen)).await;
    assert_eq!(seen, "last words");
    assert!(about(elapsed, 100 * MS), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn latency_delays_each_direction_once() {
    let proxy = proxy_to(echo().await).await;
    let mut client = connect(&proxy).await;
    let mut round_trip = async |note: &str, wanted: Duration| {
        let (_, elapsed) = took(async {
            client.write_all(b"ping").await.unwrap();
            expect_bytes(&mut client, b"ping").await;
        })
        .await;
        assert!(about(elapsed, wanted), "{note}: {elapsed:?}");
    };
    round_trip("none", Duration::ZERO).await;
    proxy
        .add_toxic(latency(Stream::Upstream, 100 * MS))
        .unwrap();
    round_trip("upstream", 100 * MS).await;
    proxy
        .add_toxic(latency(Stream::Downstream, 40 * MS))
        .unwrap();
    round_trip("both", 140 * MS).await;
    proxy.remove_toxic("latency_upstream").unwrap();
    round_trip("downstream", 40 * MS).await;
    proxy.remove_toxic("latency_downstream").unwrap();
    round_trip("none again", Duration::ZERO).await;
}

#[tokio::test(start_paused = true)]
async fn a_toxic_holds_for_the_first_byte_after_it_was_added_every_time() {
    let proxy = proxy_to(echo().await).await;
    let mut client = connect(&proxy).await;
    for round in 0..50 {
        proxy.add_toxic(latency(Stream::Upstream, 20 * MS)).unwrap();
        let (_, elapsed) = took(async {
            client.write_all(b"x").await.unwrap();
            expect_bytes(&mut client, b"x").await;
        })
        .await;
        assert!(about(elapsed, 20 * MS), "round {round}: {elapsed:?}");
        proxy.remove_toxic("latency_upstream").unwrap();
        let (_, elapsed) = took(async {
            client.write_all(b"y").await.unwrap();
            expect_bytes(&mut client, b"y").await;
        })
        .await;
        assert!(about(elapsed, Duration::ZERO), "round {round}: {elapsed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn removing_latency_flushes_what_it_held_at_once() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    proxy
        .add_toxic(latency(Stream::Upstream, Duration::from_secs(3600)))
        .unwrap();
    let (mut client, mut server) = link(&proxy, &upstream).await;
    let sent: Vec<u8> = (0..300_000_u32).map(|index| index as u8).collect();
    client.write_all(&sent).await.unwrap();
    tokio::time::sleep(10 * MS).await;
    proxy.remove_toxic("latency_upstream").unwrap();
    let (_, elapsed) = took(expect_bytes(&mut server, &sent)).await;
    assert!(about(elapsed, Duration::ZERO), "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn disabling_closes_live_connections_and_refuses_new_ones_a_hundred_times() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let address = proxy.listen();
    for round in 0..100 {
        let (mut client, mut server) = link(&proxy, &upstream).await;
        client.write_all(b"up").await.unwrap();
        expect_bytes(&mut server, b"up").await;
        assert_eq!(proxy.connections(), 1);

        proxy.disable().await;
        assert!(!proxy.is_enabled());
        assert_eq!(proxy.connections(), 0);
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0, "round {round}");
        assert_eq!(server.read(&mut [0; 1]).await.unwrap(), 0, "round {round}");
        let refused = TcpStream::connect(address).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);

        proxy.enable().await.unwrap();
        assert!(proxy.is_enabled());
        assert_eq!(proxy.listen(), address);
    }
}

#[tokio::test(start_paused = true)]
async fn a_proxy_that_starts_disabled_has_its_port_and_refuses() {
    let mut config = config(echo().await);
    config.enabled = false;
    let proxy = Proxy::start(config, TokioClock::start()).await.unwrap();
    assert_ne!(proxy.listen().port(), 0);
    let refused = TcpStream::connect(proxy.listen()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    proxy.enable().await.unwrap();
    proxy.enable().await.unwrap();
    let mut client = connect(&proxy).await;
    client.write_all(b"hello").await.unwrap();
    expect_bytes(&mut client, b"hello").await;
}

#[tokio::test(start_paused = true)]
async fn disabling_and_changing_toxics_wait_for_no_peer() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (client, _never_reads) = link(&proxy, &upstream).await;
    fill(&client).await;
    // Neither takes a byte now.
    proxy
        .add_toxic(latency(Stream::Upstream, Duration::from_secs(60)))
        .unwrap();
    proxy.remove_toxic("latency_upstream").unwrap();
    let (_, elapsed) = took(proxy.disable()).await;
    assert!(elapsed < MS, "{elapsed:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_direction_holds_is_bounded_and_the_sender_feels_it() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (client, _server) = link(&proxy, &upstream).await;
    // Sockets hold some megabytes by themselves.
    let plain = fill(&client).await;

    proxy
        .add_toxic(latency(Stream::Upstream, Duration::from_secs(86_400)))
        .unwrap();
    let (client, _server) = link(&proxy, &upstream).await;
    let delayed = fill(&client).await;
    assert!(
        delayed >= HOLD_LIMIT && delayed <= plain + HOLD_LIMIT + 1024 * 1024,
        "{delayed} bytes with latency, {plain} without"
    );
}

#[tokio::test(start_paused = true)]
async fn an_upstream_that_refuses_or_is_unknown_resets_the_client() {
    let gone = Upstream::bind().await.address();
    let refused = proxy_to(gone).await;
    let mut unknown = config("");
    unknown.upstream = None;
    let unknown = Proxy::start(unknown, TokioClock::start()).await.unwrap();
    let unresolvable = proxy_to("no port here").await;
    for proxy in [refused, unknown, unresolvable] {
        let mut client = connect(&proxy).await;
        let error = soon(client.read(&mut [0; 1])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}

#[tokio::test(start_paused = true)]
async fn a_later_upstream_takes_new_connections_and_cuts_none() {
    let (first, second) = (Upstream::bind().await, Upstream::bind().await);
    let proxy = proxy_to(first.address()).await;
    let (mut old_client, mut old_server) = link(&proxy, &first).await;
    proxy.set_upstream(second.address().to_string());
    let (mut new_client, mut new_server) = link(&proxy, &second).await;
    for (client, server) in [
        (&mut old_client, &mut old_server),
        (&mut new_client, &mut new_server),
    ] {
        client.write_all(b"still here").await.unwrap();
        expect_bytes(server, b"still here").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_from_either_side_is_a_reset_to_the_other() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;

    let (client, mut server) = link(&proxy, &upstream).await;
    client.set_zero_linger().unwrap();
    drop(client);
    let error = soon(server.read(&mut [0; 1])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset, "from the client");

    let (mut client, server) = link(&proxy, &upstream).await;
    server.set_zero_linger().unwrap();
    drop(server);
    let error = soon(client.read(&mut [0; 1])).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::ConnectionReset,
        "from the upstream"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reset_after_an_orderly_end_still_ends_the_link() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    client.shutdown().await.unwrap();
    assert_eq!(soon(server.read(&mut [0; 1])).await.unwrap(), 0);
    client.set_zero_linger().unwrap();
    drop(client);
    // Nothing is written any more; the upstream learns of it all the same. A reset that follows
    // an end is a broken pipe to the system.
    soon(server.ready(tokio::io::Interest::ERROR))
        .await
        .unwrap();
    assert_eq!(
        server.take_error().unwrap().map(|error| error.kind()),
        Some(ErrorKind::BrokenPipe)
    );
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn an_upstream_that_never_answers_a_syn_blocks_nobody_else() {
    // A listener whose backlog is full drops every SYN.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&loopback().into()).unwrap();
    socket.listen(0).unwrap();
    let silent = socket.local_addr().unwrap().as_socket().unwrap();
    let mut fillers = Vec::new();
    for _ in 0..8 {
        let filler = tokio::time::timeout(100 * MS, TcpStream::connect(silent)).await;
        fillers.extend(filler);
    }
    assert!(fillers.len() < 8, "the backlog never filled");

    let proxy = proxy_to(silent).await;
    let _stuck: Vec<TcpStream> = [connect(&proxy).await, connect(&proxy).await].into();
    proxy.set_upstream(echo().await.to_string());
    let mut client = connect(&proxy).await;
    client.write_all(b"me first").await.unwrap();
    soon(expect_bytes(&mut client, b"me first")).await;
    assert_eq!(proxy.connections(), 3);
    soon(proxy.close()).await;
}

/// Which of a proxy's first connections a toxic touches.
async fn touched(seed: u64, toxicity: f32) -> Vec<bool> {
    let mut config = config(echo().await);
    config.seed = Seed::new(seed);
    let proxy = Proxy::start(config, TokioClock::start()).await.unwrap();
    let toxic = latency(Stream::Downstream, 500 * MS).with_toxicity(Toxicity::new(toxicity));
    proxy.add_toxic(toxic).unwrap();
    let mut touched = Vec::new();
    for _ in 0..40 {
        let mut client = connect(&proxy).await;
        client.write_all(b"x").await.unwrap();
        let (_, elapsed) = took(expect_bytes(&mut client, b"x")).await;
        touched.push(elapsed >= 500 * MS);
    }
    touched
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_touches_the_same_connections() {
    let some = touched(7, 0.5).await;
    assert_eq!(some, touched(7, 0.5).await);
    assert_ne!(some, touched(8, 0.5).await);
    assert!(some.contains(&true) && some.contains(&false));
    assert!(!touched(7, 0.0).await.contains(&true));
    assert!(!touched(7, 1.0).await.contains(&false));
}

#[tokio::test(start_paused = true)]
async fn a_closed_proxy_gives_its_port_back_and_stays_closed() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (mut client, _server) = link(&proxy, &upstream).await;
    let other_handle = proxy.clone();
    let address = proxy.listen();
    proxy.close().await;
    assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
    assert!(matches!(
        other_handle.enable().await.unwrap_err().kind,
        ProxyErrorKind::Closed
    ));
    tokio::net::TcpListener::bind(address).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn dropping_the_last_handle_closes_connections() {
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    drop(proxy);
    assert_eq!(soon(client.read(&mut [0; 1])).await.unwrap(), 0);
    assert_eq!(soon(server.read(&mut [0; 1])).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_done_is_said_with_the_proxys_name() {
    let proxy = proxy_to(echo().await).await;
    proxy
        .add_toxic(latency(Stream::Upstream, MS).named("slow"))
        .unwrap();
    let twice = proxy.add_toxic(latency(Stream::Downstream, MS).named("slow"));
    assert_eq!(
        twice.unwrap_err().to_string(),
        "proxy `storefront -> catalog`: there is a toxic `slow` already"
    );
    assert_eq!(
        proxy.remove_toxic("fast").unwrap_err().to_string(),
        "proxy `storefront -> catalog`: there is no toxic `fast`"
    );
    let mut same_port = config("127.0.0.1:1");
    same_port.listen = proxy.listen();
    let taken = Proxy::start(same_port, TokioClock::start()).await;
    assert!(matches!(
        taken.unwrap_err().kind,
        ProxyErrorKind::Listen { source, .. } if source.kind() == ErrorKind::AddrInUse
    ));
    assert_eq!(proxy.toxics().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bulk_transfer_loses_nothing_when_toxics_come_and_the_reader_is_slow() {
    const BYTES: usize = 40_000_000;
    let upstream = Upstream::bind().await;
    let proxy = proxy_to(upstream.address()).await;
    let (mut client, mut server) = link(&proxy, &upstream).await;
    let byte_at = |at: usize| (at / 11 % 251) as u8;
    let sending = tokio::spawn(async move {
        let sent: Vec<u8> = (0..BYTES).map(byte_at).collect();
        client.write_all(&sent).await.unwrap();
        client.shutdown().await.unwrap();
        client
    });
    let mut block = vec![0; 300_000];
    let (mut seen, mut reads) = (0, 0);
    loop {
        let count = soon(server.read(&mut block)).await.unwrap();
        if count == 0 {
            break;
        }
        let wrong = (0..count).find(|index| block[*index] != byte_at(seen + index));
        assert_eq!(wrong, None, "after {seen} bytes");
        seen += count;
        reads += 1;
        // Most of the time the reader is behind, so that bytes are under way as the toxic comes.
        match reads % 40 {
            10 => tokio::time::sleep(2 * MS).await,
            20 => proxy.add_toxic(latency(Stream::Upstream, MS)).unwrap(),
            30 => proxy.remove_toxic("latency_upstream").unwrap(),
            _ => {}
        }
    }
    assert_eq!(seen, BYTES);
    assert!(reads > 80, "toxics came at all: {reads} reads");
    let traffic = proxy.traffic();
    assert_eq!(traffic.received(Stream::Upstream), BYTES as u64);
    assert_eq!(traffic.sent(Stream::Upstream), BYTES as u64);
    soon(sending).await.unwrap();
}
