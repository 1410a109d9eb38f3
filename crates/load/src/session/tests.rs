use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use rtest_core::ManualClock;
use rtest_core::plan::HttpPlan;
use rtest_core::sample::{ErrorKind, Outcome, RequestPhases};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::client::{Answer, Encoded};
use crate::context::ResolvedTarget;

/// The origin of a URL.
pub(super) fn origin(url: &str) -> Origin {
    let url = rtest_core::HttpUrl::parse(url).expect(url);
    Origin::parse(url.scheme, &url.authority).expect("a host and a port")
}

/// A request to the target that follows two redirects.
pub(super) fn request(method: &str, path: &str) -> Request {
    let http = hyper::Request::builder().method(method).uri(path);
    Request {
        http: http.body(Full::default()).expect("a request"),
        encoded: Encoded::default(),
        keep_headers: false,
        timeout: Duration::from_secs(1),
        keep_body: true,
        idempotent: false,
        origin: None,
        redirects: 2,
        login: None,
    }
}

/// Answers one request after the other as it was told, each 10 ms after it was sent, and keeps
/// what was asked.
struct Scripted {
    clock: Arc<ManualClock>,
    answers: VecDeque<Answer>,
    asked: Vec<Request>,
}

impl Client for Scripted {
    async fn exchange(&mut self, request: &Request, patience: &mut Patience) -> Exchange {
        let sent_at = self.clock.now();
        patience.until(sent_at + request.timeout);
        self.clock.advance(10 * MS);
        self.asked.push(request.clone());
        let answer = self.answers.pop_front().expect("one more answer");
        let mut phases = RequestPhases::default();
        phases.add(RequestPhase::Connecting, MS);
        Exchange {
            sent_at,
            first_byte_at: Some(sent_at + 5 * MS),
            done_at: sent_at + 10 * MS,
            phases,
            bytes_sent: 100,
            bytes_received: 200,
            result: Ok(answer),
        }
    }
}

const MS: Duration = Duration::from_millis(1);

/// A virtual user of `http://shop` with what surrounds it.
struct User {
    session: Session,
    client: Scripted,
    patience: Patience,
    hops: RefCell<Vec<(RunTime, Outcome)>>,
}

impl User {
    fn new(plan: &HttpPlan) -> Self {
        let clock = Arc::new(ManualClock::default());
        let target = origin("http://shop");
        let basis = Basis {
            target: ResolvedTarget::new(target, String::new()),
            variables: BTreeMap::new(),
            http: plan.clone(),
            metrics: Vec::new(),
            seed: Seed::new(7),
        };
        let session = Rc::new(SessionPlan::new(&basis, clock.clone()));
        Self {
            session: Session::new(&session, "browse/1".to_owned()),
            patience: Patience::new(clock.clone(), CancellationToken::new()),
            client: Scripted {
                clock,
                answers: VecDeque::new(),
                asked: Vec::new(),
            },
            hops: RefCell::default(),
        }
    }

    /// The target will answer so.
    fn answers(&mut self, status: u16, headers: &[(&'static str, &str)], body: &[u8]) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_static(name);
            map.append(name, HeaderValue::from_str(value).expect("a value"));
        }
        self.client.answers.push_back(Answer {
            status,
            headers: map,
            body: Bytes::copy_from_slice(body),
        });
    }

    async fn sends(&mut self, request: &Request) -> Exchange {
        let hop = |hop: Exchange| {
            self.hops
                .borrow_mut()
                .push((hop.done_at, hop.outcome(|_| false)))
        };
        let (client, patience) = (&mut self.client, &mut self.patience);
        self.session.send(client, request, patience, hop).await
    }

    /// A header of the request that was sent as the `nth`.
    fn sent(&self, nth: usize, header: HeaderName) -> Option<&str> {
        let header = self.client.asked[nth].http.headers().get(header)?;
        Some(header.to_str().expect("text"))
    }
}

fn at(millis: u64) -> RunTime {
    RunTime::ZERO + Duration::from_millis(millis)
}

#[tokio::test]
async fn each_hop_is_a_sample_of_its_own_within_one_timeout() {
    let mut user = User::new(&HttpPlan::default());
    user.answers(302, &[("location", "/b")], b"");
    user.answers(307, &[("location", "http://other/c")], b"");
    user.answers(200, &[], b"there");
    let last = user.sends(&request("GET", "/a")).await;
    assert_eq!(last.outcome(|_| false), Outcome::Status(200));
    assert_eq!((last.sent_at, last.done_at), (at(20), at(30)));
    let hops = [
        (at(10), Outcome::Status(302)),
        (at(20), Outcome::Status(307)),
    ];
    assert_eq!(*user.hops.borrow(), hops);
    let asked = &user.client.asked;
    let paths: Vec<_> = asked.iter().map(|it| it.http.uri().to_string()).collect();
    assert_eq!(paths, ["/a", "/b", "/c"]);
    assert_eq!(asked[2].origin.as_deref(), Some(&origin("http://other")));
    let timeouts: Vec<_> = asked.iter().map(|it| it.timeout).collect();
    assert_eq!(timeouts, [1000 * MS, 990 * MS, 980 * MS]);
}

#[tokio::test]
async fn redirects_are_followed_as_far_as_is_said() {
    let mut user = User::new(&HttpPlan::default());
    for _ in 0..3 {
        user.answers(302, &[("location", "/loop")], b"");
    }
    let last = user.sends(&request("GET", "/")).await;
    assert_eq!(last.outcome(|_| false), Outcome::Error(ErrorKind::Redirect));
    assert_eq!(user.hops.borrow().len(), 2);
    let message = last.result.expect_err("too many").message;
    assert!(message.contains("after 2 redirects"), "{message}");

    let mut unled = request("GET", "/");
    unled.redirects = 0;
    user.answers(302, &[("location", "/loop")], b"");
    let last = user.sends(&unled).await;
    assert_eq!(
        last.outcome(|_| false),
        Outcome::Status(302),
        "an answer like any other"
    );
}

#[tokio::test]
async fn cookies_are_kept_for_as_long_as_the_plan_says() {
    for (cookies, here, later) in [
        (Cookies::Off, None, None),
        (Cookies::Iteration, Some("a=1"), None),
        (Cookies::Vu, Some("a=1"), Some("a=1")),
    ] {
        let mut user = User::new(&HttpPlan {
            cookies,
            ..HttpPlan::default()
        });
        let plain = request("GET", "/");
        user.session.begin_iteration();
        user.answers(
            302,
            &[("set-cookie", "a=1; Max-Age=1"), ("location", "/b")],
            b"",
        );
        user.answers(302, &[("location", "http://other/")], b"");
        user.answers(200, &[("set-cookie", "b=2")], b"");
        user.sends(&plain).await;
        assert_eq!(
            user.sent(1, COOKIE),
            here,
            "{cookies:?}: the next hop has it"
        );
        assert_eq!(user.sent(2, COOKIE), None, "not elsewhere");
        user.session.begin_iteration();
        user.answers(200, &[], b"");
        user.sends(&plain).await;
        assert_eq!(user.sent(3, COOKIE), later, "{cookies:?}");
        user.client.clock.advance(Duration::from_secs(1));
        user.answers(200, &[], b"");
        user.sends(&plain).await;
        assert_eq!(user.sent(4, COOKIE), None, "its time has come");
    }
}

#[tokio::test]
async fn a_challenge_is_part_of_the_sample_and_answered_beforehand_later() {
    let mut user = User::new(&HttpPlan::default());
    let mut guarded = request("GET", "/private?x=1");
    guarded.login = Some(Login {
        user: "Mufasa".to_owned(),
        password: "Circle of Life".to_owned(),
    });
    let challenge = |nonce| format!("Digest realm=\"r\", qop=\"auth\", nonce=\"{nonce}\"");
    let first = challenge("first");
    user.answers(401, &[("www-authenticate", &first)], b"");
    user.answers(200, &[], b"");
    let exchange = user.sends(&guarded).await;
    assert_eq!(exchange.outcome(|_| false), Outcome::Status(200));
    assert_eq!((exchange.sent_at, exchange.done_at), (at(0), at(20)));
    assert_eq!(exchange.first_byte_at, Some(at(15)));
    assert_eq!((exchange.bytes_sent, exchange.bytes_received), (200, 400));
    assert_eq!(exchange.phases.get(RequestPhase::Connecting), 2 * MS);
    assert!(user.hops.borrow().is_empty());
    assert_eq!(user.sent(0, AUTHORIZATION), None);
    let proof = user.sent(1, AUTHORIZATION).expect("a proof");
    assert!(proof.contains("uri=\"/private?x=1\"") && proof.contains("nc=00000001"));
    assert_eq!(user.client.asked[1].timeout, 990 * MS);

    user.answers(200, &[], b"");
    user.sends(&guarded).await;
    assert!(
        user.sent(2, AUTHORIZATION)
            .is_some_and(|proof| proof.contains("nc=00000002"))
    );

    // The nonce is too old: one more round trip.
    let second = challenge("second");
    user.answers(401, &[("www-authenticate", &second)], b"");
    user.answers(200, &[], b"");
    let exchange = user.sends(&guarded).await;
    assert_eq!(exchange.outcome(|_| false), Outcome::Status(200));
    let proof = user.sent(4, AUTHORIZATION).expect("a proof");
    assert!(proof.contains("nonce=\"second\"") && proof.contains("nc=00000001"));

    // It is not let in: asked twice, and not for ever.
    user.answers(401, &[("www-authenticate", &second)], b"");
    user.answers(401, &[("www-authenticate", &second)], b"");
    let exchange = user.sends(&guarded).await;
    assert_eq!(exchange.outcome(|_| false), Outcome::Status(401));
    let basic = "Basic realm=\"r\"";
    user.answers(401, &[("www-authenticate", basic)], b"");
    let exchange = user.sends(&guarded).await;
    assert_eq!(exchange.outcome(|_| false), Outcome::Status(401));
    assert_eq!(user.client.asked.len(), 8);
}

#[tokio::test]
async fn a_login_is_not_told_to_another_origin() {
    let mut user = User::new(&HttpPlan::default());
    let mut guarded = request("GET", "/");
    guarded.login = Some(Login {
        user: "u".to_owned(),
        password: "p".to_owned(),
    });
    let challenge = "Digest realm=\"r\", qop=\"auth\", nonce=\"n\"";
    user.answers(302, &[("location", "http://evil/")], b"");
    user.answers(401, &[("www-authenticate", challenge)], b"");
    let exchange = user.sends(&guarded).await;
    assert_eq!(exchange.outcome(|_| false), Outcome::Status(401));
    assert_eq!(user.client.asked.len(), 2);
}

#[tokio::test]
async fn a_body_is_decoded_for_whoever_looks_at_it() {
    // `hello` by gzip 1.12.
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcbH\xcd\xc9\xc9\x07\x00\x86\xa6\x106\x05\x00\x00\x00";
    let encoding = [("content-encoding", "gzip")];
    let compression = HttpPlan {
        compression: true,
        ..HttpPlan::default()
    };
    let looks = request("GET", "/");
    let mut does_not = request("GET", "/");
    does_not.keep_body = false;
    for (plan, request, body, expected) in [
        (&compression, &looks, &gzip[..], Ok(&b"hello"[..])),
        (&compression, &does_not, b"broken", Ok(b"broken")),
        (&HttpPlan::default(), &looks, gzip, Ok(gzip)),
        (&compression, &looks, b"broken", Err(ErrorKind::Decode)),
    ] {
        let mut user = User::new(plan);
        user.answers(200, &encoding, body);
        let exchange = user.sends(request).await;
        let body = exchange.result.map(|answer| answer.body.to_vec());
        let expected = expected.map(<[u8]>::to_vec);
        assert_eq!(body.map_err(|failure| failure.kind), expected);
    }
}
