//! Whom the client trusts, what it shows, and what it says when that is not enough.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtest_core::Scheme;
use rtest_core::expectation::Expectation;
use rtest_core::plan::{HttpVersion, Reuse, TlsPlan};
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase};
use rtest_load::LoadErrorKind;
use rustls::HandshakeKind;
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncWriteExt;

use crate::certificates::{Authority, Certificate, bytes, trusting};
use crate::servers::{
    MS, Shows, hold, https, only_series, serve, target, ten, ten_over_tls, times,
};
use crate::support::Run;
use crate::support::plan::{check, closed, get, load, request, scenario, sends, thinks};
use crate::support::server::{Server, reset};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_go_over_tls_and_connections_are_kept() {
    let authority = Authority::new();
    for version in [&TLS12, &TLS13] {
        let shows = Shows::new(authority.server("localhost")).only(version);
        let server = https(shows).await;
        let recorded = ten_over_tls(&server, authority.trusted()).await;
        assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
        assert!(server.connections() <= 2, "{}", server.connections());
        let series = only_series(&recorded);
        let shaken = times(&series, RequestPhase::TlsHandshaking);
        assert_eq!(shaken, server.connections());
        let connected = times(&series, RequestPhase::Connecting);
        assert_eq!(connected, server.connections());
        // The certificate alone is that long.
        assert!(series.bytes_received > 10 * 100 + 500, "{series:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handshake_after_the_first_is_resumed() {
    let authority = Authority::new();
    let acceptor = Shows::new(authority.server("localhost")).acceptor();
    let resumed = Arc::new(AtomicU64::new(0));
    let server = {
        let resumed = Arc::clone(&resumed);
        Server::scripted(move |stream| {
            let (acceptor, resumed) = (acceptor.clone(), Arc::clone(&resumed));
            async move {
                let stream = acceptor.accept(stream).await.expect("a handshake");
                if stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed) {
                    resumed.fetch_add(1, Ordering::SeqCst);
                }
                serve(stream, false).await;
            }
        })
        .await
    };
    let mut run = Run::new(ten(get("/")), server.address);
    run.plan.http.version = HttpVersion::Http1;
    run.plan.http.tls = authority.trusted();
    run.plan.http.connections.reuse = Reuse::Never;
    run.context.target = target(Scheme::Https, "localhost", server.address);
    let recorded = run.go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
    assert_eq!(server.connections(), 10);
    let resumed = resumed.load(Ordering::SeqCst);
    assert!(resumed >= 6, "{resumed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_a_certificate_is_said_in_plain_words() {
    let authority = Authority::new();
    for (certificate, says) in [
        (authority.expired("localhost"), "has expired"),
        (authority.early("localhost"), "is not valid yet"),
        (
            authority.server("elsewhere.test"),
            "set `tls.server_name`: the server's certificate is for elsewhere.test, not `localhost`",
        ),
        (
            Authority::new().server("localhost"),
            "give its CA by `tls.ca`",
        ),
        (Certificate::self_signed("localhost"), "name it by `tls.ca`"),
    ] {
        let server = https(Shows::new(certificate)).await;
        let refused = ten_over_tls(&server, authority.trusted()).await;
        let examples = refused.examples();
        assert_eq!(
            refused.failed_with(ErrorKind::Tls),
            10,
            "{says}: {examples:?}"
        );
        assert!(examples[0].contains(says), "{examples:?}");
        assert!(
            examples[0].contains(&format!(
                "handshake with localhost:{}",
                server.address.port()
            )),
            "{examples:?}"
        );

        let insecure = TlsPlan {
            insecure: true,
            ..TlsPlan::default()
        };
        let taken = ten_over_tls(&server, insecure).await;
        assert_eq!(taken.ended_with(Outcome::Status(200)), 10, "{says}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_name_can_be_another_than_the_host() {
    let authority = Authority::new();
    let server = https(Shows::new(authority.server("elsewhere.test"))).await;
    let tls = TlsPlan {
        server_name: Some("elsewhere.test".to_owned()),
        ..authority.trusted()
    };
    let recorded = ten_over_tls(&server, tls).await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_self_signed_certificate_that_is_named_is_trusted_for_its_name() {
    let own = Certificate::self_signed("localhost");
    let server = https(Shows::new(own.clone())).await;
    let recorded = ten_over_tls(&server, trusting(&own.chain)).await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);

    let own = Certificate::self_signed("elsewhere.test");
    let server = https(Shows::new(own.clone())).await;
    let recorded = ten_over_tls(&server, trusting(&own.chain)).await;
    assert_eq!(recorded.failed_with(ErrorKind::Tls), 10);
    assert!(recorded.examples()[0].contains("elsewhere.test"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_wants_a_client_certificate_gets_it() {
    let (authority, of_clients) = (Authority::new(), Authority::new());
    for version in [&TLS12, &TLS13] {
        let shows = Shows::new(authority.server("localhost"))
            .only(version)
            .wants_clients_of(&of_clients);
        let server = https(shows).await;

        let none = ten_over_tls(&server, authority.trusted()).await;
        let examples = none.examples();
        assert_eq!(none.failed_with(ErrorKind::Tls), 10, "{examples:?}");
        assert!(examples[0].contains("client certificate"), "{examples:?}");

        let with = |certificate: Certificate| TlsPlan {
            client: Some(certificate.plan()),
            ..authority.trusted()
        };
        let known = ten_over_tls(&server, with(of_clients.client())).await;
        let examples = known.examples();
        assert_eq!(known.ended_with(Outcome::Status(200)), 10, "{examples:?}");

        let stranger = ten_over_tls(&server, with(Authority::new().client())).await;
        let examples = stranger.examples();
        assert_eq!(stranger.failed_with(ErrorKind::Tls), 10, "{examples:?}");
        assert!(
            examples[0].contains("does not take the client's certificate"),
            "{examples:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alpn_offers_what_the_plan_asks_for() {
    let authority = Authority::new();
    for (version, spoken) in [
        (HttpVersion::Auto, "HTTP/2.0"),
        (HttpVersion::Http1, "HTTP/1.1"),
        (HttpVersion::Http2, "HTTP/2.0"),
    ] {
        let server = https(Shows::new(authority.server("localhost"))).await;
        let mut request = get("/");
        let expectation = Expectation::BodyContains(spoken.to_owned());
        request.checks = vec![check("version", expectation)];
        let mut run = Run::new(ten(request), server.address);
        run.plan.http.version = version;
        run.plan.http.tls = authority.trusted();
        run.context.target = target(Scheme::Https, "localhost", server.address);
        let recorded = run.go().await;
        assert_eq!(recorded.checks()[&0], (10, 0), "{version:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_the_version_is_a_tls_error() {
    let authority = Authority::new();
    for alpn in [&[][..], &["http/1.1"]] {
        let shows = Shows::new(authority.server("localhost")).alpn(alpn);
        let server = https(shows).await;
        let mut run = Run::new(ten(get("/")), server.address);
        run.plan.http.version = HttpVersion::Http2;
        run.plan.http.tls = authority.trusted();
        run.context.target = target(Scheme::Https, "localhost", server.address);
        let recorded = run.go().await;
        let examples = recorded.examples();
        assert_eq!(recorded.failed_with(ErrorKind::Tls), 10, "{examples:?}");
        assert!(
            examples[0].contains("set another `version`"),
            "{examples:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_that_was_closed_is_replaced_whatever_the_method() {
    let authority = Authority::new();
    for h2 in [false, true] {
        let alpn = if h2 { "h2" } else { "http/1.1" };
        let acceptor = Shows::new(authority.server("localhost"))
            .alpn(&[alpn])
            .acceptor();
        let server = Server::scripted(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let stream = acceptor.accept(stream).await.expect("a handshake");
                // Gone without a word of HTTP, while the virtual user thinks.
                let _ = tokio::time::timeout(30 * MS, serve(stream, h2)).await;
            }
        })
        .await;
        let flow = vec![sends(request("POST", "/")), thinks(60 * MS)];
        let plan = load(vec![scenario(closed(2, 300 * MS), flow)]);
        let mut run = Run::new(plan, server.address);
        run.plan.http.tls = authority.trusted();
        run.context.target = target(Scheme::Https, "localhost", server.address);
        let recorded = run.go().await;
        let (requests, examples) = (recorded.requests(), recorded.examples());
        assert!(requests >= 6, "{requests}");
        assert_eq!(
            recorded.ended_with(Outcome::Status(200)),
            requests,
            "{examples:?}"
        );
        assert_eq!(server.connections(), requests);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_tls_is_a_tls_error() {
    let plain = Server::scripted(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        hold(stream).await;
    })
    .await;
    let recorded = ten_over_tls(&plain, TlsPlan::default()).await;
    assert_eq!(recorded.failed_with(ErrorKind::Tls), 10);
    let example = &recorded.examples()[0];
    assert!(
        example.contains("does it speak plain `http://`?"),
        "{example}"
    );

    let garbage = Server::scripted(|mut stream| async move {
        let _ = stream.write_all(&[0x16; 300]).await;
        hold(stream).await;
    })
    .await;
    let recorded = ten_over_tls(&garbage, TlsPlan::default()).await;
    assert_eq!(recorded.failed_with(ErrorKind::Tls), 10);

    let gone = Server::scripted(|stream| async move { drop(stream) }).await;
    let recorded = ten_over_tls(&gone, TlsPlan::default()).await;
    assert_eq!(recorded.failed_with(ErrorKind::Tls), 10);

    let resets = Server::scripted(|stream| async move { reset(stream) }).await;
    let recorded = ten_over_tls(&resets, TlsPlan::default()).await;
    // The reset may be there before the connection is.
    let failed = recorded.failed_with(ErrorKind::Tls) + recorded.failed_with(ErrorKind::Connect);
    assert_eq!(failed, 10, "{:?}", recorded.outcomes());
}

#[tokio::test]
async fn files_that_cannot_be_used_are_refused_before_the_run() {
    let authority = Authority::new();
    let client = authority.client();
    let with = |change: fn(&mut TlsPlan)| {
        let mut tls = TlsPlan {
            client: Some(client.plan()),
            ..authority.trusted()
        };
        change(&mut tls);
        tls
    };
    let other = Authority::new().client().plan().key;
    let mut another_key = with(|_| ());
    another_key.client.as_mut().expect("set").key = other;
    for (tls, role, says) in [
        (with(|tls| tls.ca = Some(bytes("no"))), "tls.ca", "no PEM"),
        (
            with(|tls| tls.client.as_mut().expect("set").certificate = bytes("")),
            "tls.cert",
            "no PEM of a certificate",
        ),
        (
            with(|tls| tls.client.as_mut().expect("set").key = bytes("")),
            "tls.key",
            "no PEM of a private key",
        ),
        (
            with(|tls| {
                let pem = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
                tls.client.as_mut().expect("set").key = bytes(pem);
            }),
            "tls.key",
            "encrypted",
        ),
        (another_key, "tls.key", "does not belong to the certificate"),
        (
            with(|tls| tls.server_name = Some("no name".to_owned())),
            "tls.server_name",
            "`no name`",
        ),
    ] {
        // Also where the target is not spoken to over TLS: redirects may lead there.
        let mut run = Run::new(ten(get("/")), ([127, 0, 0, 1], 9).into());
        run.plan.http.tls = tls;
        let error = rtest_load::Load::prepare(Arc::new(run.plan), run.context)
            .await
            .expect_err(role);
        let LoadErrorKind::Tls { role: found, .. } = &*error.kind else {
            panic!("{error:?}");
        };
        assert_eq!(*found, role);
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.hint.is_some(), "{error}");
    }
}
