//! A target that is not there is found before the load.

use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{HttpPlan, ProxyPlan};
use rtest_core::{Clock, MonotonicClock, Scheme};
use rtest_load::{LoadError, LoadErrorKind, Origin, ResolvedTarget, reach};
use tokio::net::UnixListener;

use crate::certificates::Authority;
use crate::servers::{MS, Shows, hold, https, target};
use crate::support::server::{Server, ok};

const WITHIN: Duration = Duration::from_millis(300);

async fn try_to(http: &HttpPlan, target: &ResolvedTarget) -> Result<(), LoadError> {
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    reach(http, target, &clock, WITHIN).await
}

#[track_caller]
fn assert_refused(reached: Result<(), LoadError>, of: &str, because: &str, hint: Option<&str>) {
    let error = reached.expect_err(because);
    let LoadErrorKind::Unreachable { target, why } = &*error.kind else {
        panic!("{error:?}");
    };
    assert_eq!(target, of);
    assert!(why.contains(because), "{why}");
    match hint {
        Some(hint) => assert!(
            error
                .hint
                .as_ref()
                .is_some_and(|found| found.contains(hint))
        ),
        None => assert_eq!(error.hint, None),
    }
}

#[tokio::test]
async fn what_answers_is_reached() {
    let authority = Authority::new();
    let plain = Server::answering(|_| async { ok("fine") }).await;
    let tls = https(Shows::new(authority.server("localhost"))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("service.sock");
    let _listener = UnixListener::bind(&path).expect("a path");

    let to = ResolvedTarget::at(plain.address);
    try_to(&HttpPlan::default(), &to).await.expect("it listens");
    let trusting = HttpPlan {
        tls: authority.trusted(),
        ..HttpPlan::default()
    };
    let to = target(Scheme::Https, "localhost", tls.address);
    try_to(&trusting, &to).await.expect("it is trusted");
    let over_socket = HttpPlan {
        unix_socket: Some(path),
        ..HttpPlan::default()
    };
    let nowhere = Origin::parse(Scheme::Http, "nowhere.invalid").expect("a host");
    let to = ResolvedTarget::new(nowhere, String::new());
    try_to(&over_socket, &to).await.expect("it listens");
}

#[tokio::test]
async fn what_does_not_answer_says_why() {
    let start = Some("start the service first");
    let to = ResolvedTarget::at(([127, 0, 0, 1], 9).into());
    let reached = try_to(&HttpPlan::default(), &to).await;
    assert_refused(reached, "127.0.0.1:9", "refused", start);

    let nowhere = Origin::parse(Scheme::Http, "nowhere.invalid").expect("a host");
    let nowhere = ResolvedTarget::new(nowhere, String::new());
    let reached = try_to(&HttpPlan::default(), &nowhere).await;
    let spelling = Some("spelling of the host");
    assert_refused(reached, "nowhere.invalid:80", "does not resolve", spelling);

    let authority = Authority::new();
    let tls = https(Shows::new(authority.expired("localhost"))).await;
    let trusting = HttpPlan {
        tls: authority.trusted(),
        ..HttpPlan::default()
    };
    let to = target(Scheme::Https, "localhost", tls.address);
    let of = to.origin.to_string();
    assert_refused(try_to(&trusting, &to).await, &of, "has expired", None);

    let silent = Server::scripted(hold).await;
    let to = target(Scheme::Https, "localhost", silent.address);
    let of = to.origin.to_string();
    let started = MonotonicClock::start();
    let reached = try_to(&trusting, &to).await;
    assert!(started.now().as_secs_f64() < (WITHIN + 200 * MS).as_secs_f64());
    assert_refused(
        reached,
        &of,
        "timed out while shaking hands over TLS",
        start,
    );

    let over_socket = HttpPlan {
        unix_socket: Some("/nobody/there.sock".into()),
        ..HttpPlan::default()
    };
    let reached = try_to(&over_socket, &nowhere).await;
    assert_refused(reached, "/nobody/there.sock", "No such file", start);

    let through_proxy = HttpPlan {
        proxy: Some(ProxyPlan {
            authority: "127.0.0.1:9".to_owned(),
            login: None,
        }),
        ..HttpPlan::default()
    };
    let reached = try_to(&through_proxy, &nowhere).await;
    assert_refused(
        reached,
        "nowhere.invalid:80",
        "the proxy 127.0.0.1:9",
        start,
    );
}
