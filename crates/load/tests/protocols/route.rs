//! What lies between us and the target: proxies, Unix sockets, names.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rtest_core::Scheme;
use rtest_core::expectation::Expectation;
use rtest_core::plan::{HttpVersion, ProxyPlan};
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase};
use rtest_load::{LoadErrorKind, Origin, ResolvedTarget};
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpStream, UnixListener};
use tokio::task::JoinSet;

use crate::certificates::Authority;
use crate::servers::{MS, Shows, hold, https, only_series, serve, target, ten, times};
use crate::support::Run;
use crate::support::plan::{check, get};
use crate::support::server::{Server, ok, read_request};

/// A proxy that keeps the heads of what it was asked. It opens a tunnel, or answers itself, for
/// whoever shows the login `user:secret`.
struct Proxy {
    server: Server,
    asked: Arc<Mutex<Vec<String>>>,
}

/// `user:secret`
const LOGIN: &str = "proxy-authorization: Basic dXNlcjpzZWNyZXQ=";

impl Proxy {
    async fn to(target: SocketAddr) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        let server = Server::scripted(move |mut stream: TcpStream| {
            let seen = Arc::clone(&seen);
            async move {
                while let Some(head) = read_request(&mut stream).await {
                    seen.lock().expect("lock").push(head.clone());
                    if !head.contains(LOGIN) {
                        let _ = stream
                            .write_all(b"HTTP/1.1 407 Login\r\ncontent-length: 0\r\n\r\n")
                            .await;
                        return;
                    }
                    if head.starts_with("CONNECT ") {
                        let mut onward = TcpStream::connect(target).await.expect("a target");
                        let yes = b"HTTP/1.1 200 Connection established\r\nvia: test\r\n\r\n";
                        stream.write_all(yes).await.expect("a client");
                        let _ = copy_bidirectional(&mut stream, &mut onward).await;
                        return;
                    }
                    let _ = stream.write_all(&ok("from the proxy")).await;
                }
            }
        })
        .await;
        Self { server, asked }
    }

    fn plan(&self) -> Option<ProxyPlan> {
        Some(ProxyPlan {
            authority: self.server.address.to_string(),
            login: Some(("user".to_owned(), "secret".to_owned())),
        })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("lock").clone()
    }
}

/// A name that no resolver knows: whoever looks it up, it must not be us.
fn unresolvable(scheme: Scheme) -> ResolvedTarget {
    let origin = Origin::parse(scheme, "target.invalid").expect("a host");
    ResolvedTarget::new(origin, String::new())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_is_asked_for_the_whole_url() {
    let proxy = Proxy::to(([127, 0, 0, 1], 9).into()).await;
    let mut run = Run::new(ten(get("/a?b")), proxy.server.address);
    run.plan.http.proxy = proxy.plan();
    run.context.target = unresolvable(Scheme::Http);
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
    assert_eq!(proxy.server.connections(), 1, "kept as any other");
    for asked in proxy.asked() {
        assert!(
            asked.starts_with("GET http://target.invalid/a?b HTTP/1.1\r\n"),
            "{asked}"
        );
        assert!(asked.contains("host: target.invalid\r\n"), "{asked}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_goes_through_a_tunnel() {
    let authority = Authority::new();
    let server = https(Shows::new(authority.server("target.invalid"))).await;
    let proxy = Proxy::to(server.address).await;
    let mut run = Run::new(ten(get("/")), proxy.server.address);
    run.plan.http.proxy = proxy.plan();
    run.plan.http.tls = authority.trusted();
    run.context.target = unresolvable(Scheme::Https);
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
    let asked = proxy.asked();
    assert_eq!(asked.len(), 1);
    for asked in asked {
        assert!(
            asked.starts_with("CONNECT target.invalid:443 HTTP/1.1\r\n"),
            "{asked}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_without_tls_goes_through_a_tunnel() {
    let server = Server::scripted(|stream| serve(stream, true)).await;
    let proxy = Proxy::to(server.address).await;
    let mut run = Run::new(ten(get("/")), proxy.server.address);
    run.plan.http.proxy = proxy.plan();
    run.plan.http.version = HttpVersion::Http2;
    run.context.target = unresolvable(Scheme::Http);
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
    assert!(proxy.asked()[0].starts_with("CONNECT target.invalid:80 "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_opens_no_tunnel_says_why() {
    let authority = Authority::new();
    let server = https(Shows::new(authority.server("target.invalid"))).await;
    let through = async |proxy: ProxyPlan| {
        let mut run = Run::new(ten(get("/")), server.address);
        run.plan.http.proxy = Some(proxy);
        run.plan.http.tls = authority.trusted();
        run.context.target = unresolvable(Scheme::Https);
        run.go().await
    };
    let proxy = Proxy::to(server.address).await;
    let without_login = ProxyPlan {
        login: None,
        ..proxy.plan().expect("a plan")
    };
    let recorded = through(without_login).await;
    assert_eq!(recorded.failed_with(ErrorKind::Connect), 10);
    let example = &recorded.examples()[0];
    assert!(
        example.contains("opens no tunnel to target.invalid:443: it wants a login"),
        "{example}"
    );

    for (answer, kind, says) in [
        (
            &b"HTTP/1.1 502 Bad Gateway\r\n\r\n"[..],
            ErrorKind::Connect,
            "502 Bad Gateway",
        ),
        (
            b"SSH-2.0-x\r\n\r\n",
            ErrorKind::Protocol,
            "does not speak HTTP",
        ),
        (
            b"HTTP/1.1 2",
            ErrorKind::Connect,
            "it closed the connection",
        ),
        (
            &[b'x'; 40_000],
            ErrorKind::Protocol,
            "its answer has no end",
        ),
    ] {
        let proxy = Server::scripted(move |mut stream: TcpStream| async move {
            let _ = read_request(&mut stream).await;
            let _ = stream.write_all(answer).await;
        })
        .await;
        let plan = ProxyPlan {
            authority: proxy.address.to_string(),
            login: None,
        };
        let recorded = through(plan).await;
        let examples = recorded.examples();
        assert_eq!(recorded.failed_with(kind), 10, "{examples:?}");
        assert!(examples[0].contains(says), "{examples:?}");
    }

    let nobody = ProxyPlan {
        authority: "127.0.0.1:9".to_owned(),
        login: None,
    };
    let recorded = through(nobody).await;
    assert_eq!(recorded.failed_with(ErrorKind::ConnectRefused), 10);
    let example = &recorded.examples()[0];
    assert!(
        example.contains("connecting to the proxy 127.0.0.1:9: "),
        "{example}"
    );
}

#[tokio::test]
async fn what_is_no_proxy_is_refused_before_the_run() {
    let mut run = Run::new(ten(get("/")), ([127, 0, 0, 1], 9).into());
    run.plan.http.proxy = Some(ProxyPlan {
        authority: "no port:x".to_owned(),
        login: None,
    });
    let error = rtest_load::Load::prepare(Arc::new(run.plan), run.context)
        .await
        .expect_err("no address");
    assert!(matches!(*error.kind, LoadErrorKind::Proxy(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unix_socket_stands_for_host_and_port() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("service.sock");
    let listener = UnixListener::bind(&path).expect("a path");
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut running = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            running.spawn(serve(stream, false));
        }
    });
    let mut step = get("/");
    let host = r#""host": "target.invalid""#.to_owned();
    step.checks = vec![check("host", Expectation::BodyContains(host))];
    let mut run = Run::new(ten(step.clone()), ([127, 0, 0, 1], 9).into());
    run.plan.http.unix_socket = Some(path);
    run.context.target = unresolvable(Scheme::Http);
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(recorded.checks()[&0], (10, 0), "{examples:?}");

    let mut run = Run::new(ten(step), ([127, 0, 0, 1], 9).into());
    let missing = folder.path().join("nobody.sock");
    run.plan.http.unix_socket = Some(missing.clone());
    let recorded = run.go().await;
    assert_eq!(recorded.failed_with(ErrorKind::ConnectRefused), 10);
    let connecting = format!("connecting to {}: ", missing.display());
    assert!(recorded.examples()[0].contains(&connecting));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_does_not_resolve_is_a_dns_error() {
    let mut run = Run::new(ten(get("/")), ([127, 0, 0, 1], 9).into());
    run.context.target = unresolvable(Scheme::Http);
    let recorded = run.go().await;
    assert_eq!(recorded.failed_with(ErrorKind::Dns), 10);
    let series = only_series(&recorded);
    assert!(times(&series, RequestPhase::LookingUp) > 0);
    assert_eq!(times(&series, RequestPhase::Connecting), 0);
    let example = &recorded.examples()[0];
    assert!(
        example.contains("`target.invalid` does not resolve: "),
        "{example}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_are_looked_up_or_overridden() {
    let server = Server::answering(|_| async { ok("fine") }).await;
    let port = server.address.port();
    let to = |host: &str| {
        let mut run = Run::new(ten(get("/")), server.address);
        run.context.target = ResolvedTarget {
            address: None,
            ..target(Scheme::Http, host, server.address)
        };
        run
    };
    let recorded = to("localhost").go().await;
    let examples = recorded.examples();
    assert_eq!(
        recorded.ended_with(Outcome::Status(200)),
        10,
        "{examples:?}"
    );
    let series = only_series(&recorded);
    assert_eq!(
        times(&series, RequestPhase::LookingUp),
        1,
        "one for each worker"
    );

    let mut run = to("target.invalid");
    let ip = server.address.ip();
    run.plan.http.dns.overrides = vec![("target.invalid".to_owned(), ip)];
    let recorded = run.go().await;
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 10, "{port}");
    let series = only_series(&recorded);
    assert_eq!(times(&series, RequestPhase::LookingUp), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tunnel_is_part_of_connecting_and_of_its_timeout() {
    let silent = Server::scripted(hold).await;
    let mut run = Run::new(ten(get("/")), silent.address);
    run.plan.http.proxy = Some(ProxyPlan {
        authority: silent.address.to_string(),
        login: None,
    });
    run.plan.http.timeouts.connect = Some(80 * MS);
    run.context.target = unresolvable(Scheme::Https);
    run.plan.http.tls.insecure = true;
    let recorded = run.go().await;
    assert_eq!(recorded.failed_with(ErrorKind::ConnectTimeout), 10);
    let series = only_series(&recorded);
    let connecting = series.phases.get(RequestPhase::Connecting);
    assert!(connecting.min_ms() >= 79.0, "{}", connecting.min_ms());
}
