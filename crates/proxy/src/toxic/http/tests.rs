use std::time::Duration;

use proptest::prelude::*;
use rtest_core::RunTime;
use serde_json::{Value, json};

use super::super::stage::tests::{at, chunk, joining};
use super::super::{Attributes, Item, Joining, Stage, Stream, Toxic};
use super::{Http, Tally};

/// Both stages of one fault on one link, and what has left them.
struct Link {
    fault: std::sync::Arc<dyn Toxic>,
    requests: Box<dyn Stage>,
    answers: Box<dyn Stage>,
    to_upstream: Vec<Item>,
    to_client: Vec<Item>,
    now: RunTime,
}

fn fault(attributes: Value) -> std::sync::Arc<dyn Toxic> {
    let attributes = Attributes::of_values(attributes);
    Http::default().merged(&attributes).unwrap()
}

impl Link {
    fn of(fault: &std::sync::Arc<dyn Toxic>, seed: u64, is_late: bool) -> Self {
        let part = |stream, junction: Option<_>| {
            let joining = Joining {
                stream,
                is_late,
                ..joining(seed)
            };
            let joining = match junction {
                Some(junction) => Joining {
                    junction,
                    ..joining
                },
                None => joining,
            };
            (joining.junction.clone(), fault.on_link(joining))
        };
        let (junction, requests) = part(Stream::Upstream, None);
        let (_, answers) = part(Stream::Downstream, Some(junction));
        Self {
            fault: fault.clone(),
            requests,
            answers,
            to_upstream: Vec::new(),
            to_client: Vec::new(),
            now: RunTime::ZERO,
        }
    }

    fn new(attributes: Value) -> Self {
        Self::of(&fault(attributes), 1, false)
    }

    fn late(attributes: Value) -> Self {
        Self::of(&fault(attributes), 1, true)
    }

    /// Lets leave what may.
    fn settle(&mut self) {
        let mut before = usize::MAX;
        while before != self.to_upstream.len() + self.to_client.len() {
            before = self.to_upstream.len() + self.to_client.len();
            while let Some(item) = self.requests.pop(self.now) {
                self.to_upstream.push(item);
            }
            while let Some(item) = self.answers.pop(self.now) {
                self.to_client.push(item);
            }
        }
    }

    fn ask(&mut self, bytes: &[u8]) -> &mut Self {
        self.requests
            .push(chunk(bytes.to_vec(), self.now), self.now);
        self.settle();
        self
    }

    fn reply(&mut self, bytes: &[u8]) -> &mut Self {
        self.answers.push(chunk(bytes.to_vec(), self.now), self.now);
        self.settle();
        self
    }

    fn end(&mut self) -> &mut Self {
        self.requests.push(Item::End, self.now);
        self.settle();
        self.answers.push(Item::End, self.now);
        self.settle();
        self
    }

    fn asked(&self) -> String {
        text(&self.to_upstream)
    }

    fn replied(&self) -> String {
        text(&self.to_client)
    }

    fn tally(&self) -> Tally {
        self.fault.tally().unwrap()
    }
}

/// Bytes as text, anything else by its name in braces.
fn text(items: &[Item]) -> String {
    let of = |item: &Item| match item {
        Item::Data(chunk) => String::from_utf8_lossy(&chunk.bytes).into_owned(),
        other => format!("{{{other:?}}}"),
    };
    items.iter().map(of).collect()
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\nhello";
const GONE: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\ngone";

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n")
}

fn abort_of(path: &str) -> Value {
    json!({ "match": { "path": path }, "abort": { "body": "gone" } })
}

#[test]
fn an_aborted_request_is_answered_in_its_turn_and_the_upstream_never_sees_it() {
    let mut link = Link::new(abort_of("/b"));
    let b = "POST /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    link.ask([&get("/a"), b, &get("/c")].concat().as_bytes());
    assert_eq!(link.asked(), [get("/a"), get("/c")].concat());
    assert_eq!(link.replied(), "", "`/a` is not answered yet");
    let all_but_one = OK.len() - 1;
    link.reply(&OK.as_bytes()[..all_but_one]);
    assert_eq!(link.replied(), OK[..all_but_one]);
    link.reply(&OK.as_bytes()[all_but_one..]);
    assert_eq!(link.replied(), [OK, GONE].concat());
    link.reply(OK.as_bytes());
    assert_eq!(link.replied(), [OK, GONE, OK].concat());
    assert_eq!(
        link.tally(),
        Tally {
            requests: 3,
            matched: 1,
            struck: 1,
            not_http: 0
        }
    );
}

#[test]
fn an_abort_has_its_status_its_headers_and_to_head_no_body() {
    let abort = json!({ "abort": { "status": 429, "headers": { "Retry-After": "1" }, "body": "slow down" } });
    let head = "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 9\r\nRetry-After: 1\r\n\r\n";
    let mut link = Link::new(abort.clone());
    link.ask(b"HEAD / HTTP/1.1\r\n\r\n");
    assert_eq!(link.replied(), head);
    link.ask(get("/").as_bytes());
    assert_eq!(link.replied(), format!("{head}{head}slow down"));
    let mut link = Link::new(json!({ "abort": { "status": 204, "body": "never sent" } }));
    link.ask(get("/").as_bytes());
    assert_eq!(link.replied(), "HTTP/1.1 204 No Content\r\n\r\n");
}

#[test]
fn the_connection_ends_with_an_abort_where_the_client_wants_it_or_may_not_send_its_body() {
    for request in [
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n",
        "PUT / HTTP/1.1\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n",
    ] {
        let mut link = Link::new(json!({ "abort": {} }));
        link.ask(request.as_bytes()).ask(b"123456789");
        let expected = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n{Cut}";
        assert_eq!(link.replied(), expected, "{request}");
        assert_eq!(link.asked(), "");
    }
    let mut link = Link::new(json!({ "abort": {} }));
    link.ask(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert!(!link.replied().contains("close"));
}

#[test]
fn only_the_matching_request_is_delayed_and_what_follows_it_on_its_connection() {
    let mut link = Link::new(json!({
        "match": { "path": "/slow" },
        "delay": { "distribution": "uniform", "latency_us": 50_000, "jitter_us": 0 },
    }));
    link.ask(get("/a").as_bytes());
    assert_eq!(link.asked(), get("/a"));
    link.ask(get("/slow").as_bytes()).ask(get("/b").as_bytes());
    assert_eq!(link.requests.due(), Some(at(50)));
    assert_eq!(link.asked(), get("/a"));
    link.now = at(50);
    link.settle();
    assert_eq!(link.asked(), [get("/a"), get("/slow"), get("/b")].concat());
    link.ask(get("/c").as_bytes());
    assert!(link.asked().ends_with(&get("/c")), "at once again");
    assert_eq!((link.requests.held(), link.requests.due()), (0, None));
}

#[test]
fn a_replaced_body_has_its_own_length_whatever_framed_the_one_before() {
    let new = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
    for (answer, expected) in [
        (OK, new),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
            new,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\ncontent-length: 3\r\n\r\n\u{1}\u{2}\u{3}",
            new,
        ),
        (
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 204 No Content\r\n\r\n",
        ),
        (
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        ),
    ] {
        let mut link = Link::new(json!({ "first": 1, "replace": { "body": "{}" } }));
        link.ask(get("/").as_bytes()).reply(answer.as_bytes());
        link.ask(get("/").as_bytes()).reply(OK.as_bytes());
        assert_eq!(link.replied(), [expected, OK].concat(), "{answer}");
    }
    let mut link = Link::new(json!({ "replace": { "body": "{}" } }));
    link.ask(get("/").as_bytes());
    link.reply(b"HTTP/1.1 200 OK\r\n\r\nuntil ")
        .reply(b"the end");
    link.answers.push(Item::End, link.now);
    link.settle();
    assert_eq!(link.replied(), format!("{new}{{End}}"));
}

#[test]
fn a_status_and_headers_are_replaced_alone_or_with_a_body_that_they_rule_out() {
    let mut link = Link::new(json!({ "replace": { "status": 500, "headers": { "etag": "y" } } }));
    link.ask(get("/").as_bytes()).reply(OK.as_bytes());
    assert_eq!(
        link.replied(),
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 5\r\netag: y\r\n\r\nhello"
    );
    let mut link = Link::new(json!({ "replace": { "status": 204 } }));
    link.ask(get("/").as_bytes()).reply(OK.as_bytes());
    assert_eq!(link.replied(), "HTTP/1.1 204 No Content\r\n\r\n");
    let mut link = Link::new(json!({ "replace": { "status": 200 } }));
    link.ask(get("/").as_bytes())
        .reply(b"HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(
        link.replied(),
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    );
    let mut link = Link::new(json!({ "replace": { "body": "{}" } }));
    link.ask(b"HEAD / HTTP/1.1\r\n\r\n");
    link.reply(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    assert_eq!(
        link.replied(),
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
    );
}

#[test]
fn a_truncated_answer_can_be_seen_to_be_cut_off() {
    let cut = |answer: &str, after: u64| {
        let mut link = Link::new(json!({ "truncate": { "after_bytes": after } }));
        link.ask(get("/").as_bytes()).reply(answer.as_bytes());
        link.replied()
    };
    assert_eq!(cut(OK, 3), format!("{}{{Cut}}", &OK[..OK.len() - 2]));
    assert_eq!(cut(OK, 0), format!("{}{{Cut}}", &OK[..OK.len() - 5]));
    assert_eq!(cut(OK, 5), OK, "it has no more");
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunked = format!("{head}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n");
    assert_eq!(cut(&chunked, 4), format!("{head}3\r\nabc\r\n3\r\nd{{Cut}}"));
    assert_eq!(cut(&chunked, 6), chunked);
    // An orderly end would be that of a whole answer.
    let endless = "HTTP/1.1 200 OK\r\n\r\n";
    assert_eq!(
        cut(&format!("{endless}abcdef"), 2),
        format!("{endless}ab{{Reset}}")
    );
}

#[test]
fn the_host_is_another_one_and_nothing_else_is() {
    let mut link = Link::new(json!({ "host": "other:81" }));
    link.ask(b"POST /a HTTP/1.1\r\nA: b\r\nHOST: shop\r\ncontent-length: 2\r\n\r\nhi");
    let expected = "POST /a HTTP/1.1\r\nA: b\r\nhost: other:81\r\ncontent-length: 2\r\n\r\nhi";
    assert_eq!(link.asked(), expected);
}

#[test]
fn after_an_upgrade_bytes_pass_as_they_are_and_after_none_requests_are_read_on() {
    let upgrade = "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    let switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
    let mut link = Link::new(abort_of("/b"));
    link.ask([upgrade, &get("/b")].concat().as_bytes());
    assert_eq!(link.asked(), upgrade, "what follows waits for the answer");
    link.reply([switched, "frames"].concat().as_bytes());
    assert_eq!(link.asked(), [upgrade, &get("/b")].concat());
    assert_eq!(link.replied(), [switched, "frames"].concat());
    link.ask(get("/b").as_bytes());
    assert_eq!((link.tally().struck, link.tally().not_http), (0, 0));

    let mut link = Link::new(abort_of("/b"));
    link.ask([upgrade, &get("/b")].concat().as_bytes());
    link.reply(OK.as_bytes());
    assert_eq!(link.asked(), upgrade);
    assert_eq!(link.replied(), [OK, GONE].concat());

    let connect = "CONNECT db:5432 HTTP/1.1\r\nHost: db:5432\r\n\r\n";
    let mut link = Link::new(json!({ "match": { "method": "GET" }, "abort": {} }));
    link.ask(connect.as_bytes())
        .reply(b"HTTP/1.1 200 OK\r\n\r\n");
    link.ask(get("/").as_bytes());
    assert_eq!(link.asked(), [connect, &get("/")].concat());
}

#[test]
fn what_is_not_http_passes_and_is_counted_once() {
    for first in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"*1\r\n$4\r\nPING\r\n",
    ] {
        let mut link = Link::new(json!({ "abort": {} }));
        link.ask(first).ask(first).reply(b"+PONG\r\n").end();
        let sent = [first, first].concat();
        assert_eq!(
            link.asked(),
            format!("{}{{End}}", String::from_utf8_lossy(&sent[..]))
        );
        assert_eq!(link.replied(), "+PONG\r\n{End}");
        assert_eq!(link.tally().not_http, 1);
    }
}

#[test]
fn a_live_connection_is_joined_at_its_next_request_and_its_next_answer() {
    let mut link = Link::late(abort_of("/b"));
    link.ask(b"rest of a body").reply(b"rest of an answer");
    link.ask(get("/a").as_bytes());
    link.reply(b"more of that answer").reply(OK.as_bytes());
    link.ask(get("/b").as_bytes());
    assert_eq!(link.asked(), format!("rest of a body{}", get("/a")));
    let before = "rest of an answermore of that answer";
    assert_eq!(link.replied(), format!("{before}{OK}{GONE}"));
    assert_eq!(link.tally().not_http, 0);
}

#[test]
fn what_was_begun_lingers_when_the_fault_is_over_and_nothing_new_is() {
    let mut link = Link::new(abort_of("/b"));
    link.ask(get("/a").as_bytes());
    link.ask(b"POST /b HTTP/1.1\r\ncontent-length: 4\r\n\r\n12");
    assert!(link.requests.lingers() && link.answers.lingers());
    link.ask(b"34");
    assert!(!link.requests.lingers());
    assert_eq!(link.requests.drain(), []);
    link.reply(OK.as_bytes());
    assert!(!link.answers.lingers());
    assert_eq!(link.asked(), get("/a"));
    assert_eq!(link.replied(), [OK, GONE].concat());

    let mut link = Link::new(json!({ "replace": { "body": "{}" } }));
    link.ask(get("/").as_bytes()).ask(get("/").as_bytes());
    link.reply(&OK.as_bytes()[..OK.len() - 2]);
    assert!(link.answers.lingers());
    link.reply(b"lo").reply(OK.as_bytes());
    assert!(!link.answers.lingers());
    assert_eq!(
        link.replied(),
        ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", OK].concat()
    );

    let mut link = Link::new(json!({
        "delay": { "distribution": "uniform", "latency_us": 50_000, "jitter_us": 0 },
    }));
    link.ask(get("/").as_bytes());
    assert!(!link.requests.lingers());
    assert_eq!(text(&link.requests.drain()), get("/"));
}

#[test]
fn the_same_seed_strikes_the_same_requests_and_a_larger_share_those_and_more() {
    let struck = |seed: u64, percentage: u64| -> Vec<bool> {
        let fault = fault(json!({ "percentage": percentage, "abort": {} }));
        let mut link = Link::of(&fault, seed, false);
        let struck = |_| {
            let before = link.tally().struck;
            link.ask(get("/").as_bytes());
            if link.tally().struck == before {
                link.reply(OK.as_bytes());
            }
            link.tally().struck > before
        };
        (0..1000).map(struck).collect()
    };
    let some = struck(7, 20);
    assert_eq!(some, struck(7, 20));
    assert_ne!(some, struck(8, 20));
    let count = some.iter().filter(|struck| **struck).count();
    assert!((150..250).contains(&count), "{count} of 1000 at 20 %");
    let more = struck(7, 50);
    assert!(some.iter().zip(&more).all(|(some, more)| !some || *more));
}

#[test]
fn the_first_ones_and_every_nth_are_counted_over_all_connections() {
    let strikes = |attributes: Value| -> Vec<bool> {
        let fault = fault(attributes);
        let mut struck = Vec::new();
        for connection in 0..3 {
            let mut link = Link::of(&fault, connection, false);
            for path in ["/a", "/other", "/a"] {
                let before = link.tally().struck;
                link.ask(get(path).as_bytes());
                if path == "/a" {
                    struck.push(link.tally().struck > before);
                }
            }
        }
        struck
    };
    let matching = json!({ "path": "/a" });
    assert_eq!(
        strikes(json!({ "match": matching, "first": 3, "abort": {} })),
        [true, true, true, false, false, false]
    );
    assert_eq!(
        strikes(json!({ "match": matching, "every": 2, "abort": {} })),
        [false, true, false, true, false, true]
    );
}

const REQUESTS: &str = "GET /a HTTP/1.1\r\nhost: a\r\n\r\nPOST /b HTTP/1.1\r\nhost: a\r\n\
    transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHEAD /c HTTP/1.1\r\n\r\n\
    PUT /b HTTP/1.1\r\ncontent-length: 4\r\n\r\nGET GET /d HTTP/1.1\r\n\r\n";
/// To those that are not for `/b`.
const ANSWERS: [&str; 3] = [
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nHTTP/1.1 500",
    "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nx: y\r\n\r\n",
];
const ANSWERS_TO_B: [&str; 2] = [
    "HTTP/1.1 404 Not Found\r\ncontent-length: 1\r\n\r\nx",
    "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n",
];

fn pieces<'a>(bytes: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let (mut rest, mut pieces) = (bytes, Vec::new());
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, later) = rest.split_at(rest.len().min(*size));
        pieces.push(piece);
        rest = later;
    }
    pieces
}

/// What leaves in both directions when everything comes in pieces of these sizes.
fn crossed(attributes: &Value, answers: &str, sizes: &[usize]) -> (String, String) {
    let mut link = Link::new(attributes.clone());
    for piece in pieces(REQUESTS.as_bytes(), sizes) {
        link.ask(piece);
    }
    link.now = RunTime::from(Duration::from_secs(9));
    link.settle();
    for piece in pieces(answers.as_bytes(), sizes) {
        link.reply(piece);
    }
    link.end();
    (link.asked(), link.replied())
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..40, 1..40)
}

proptest! {
    #[test]
    fn in_whatever_pieces_bytes_come_the_same_leave(
        sizes in sizes(),
        action in prop_oneof![
            Just(json!({ "abort": { "body": "gone" } })),
            Just(json!({ "abort": { "status": 204 } })),
            Just(json!({ "delay": { "distribution": "pareto", "scale_us": 90, "shape": 2 } })),
            Just(json!({ "replace": { "body": "another one" } })),
            Just(json!({ "replace": { "status": 500 } })),
            Just(json!({ "truncate": { "after_bytes": 7 } })),
            Just(json!({ "host": "other" })),
        ],
        path in prop_oneof![Just("/b"), Just("/d"), Just("**")],
    ) {
        let mut attributes = action;
        attributes["match"] = json!({ "path": path });
        let aborts = attributes.get("abort").is_some();
        let answers = match path {
            "/b" if aborts => ANSWERS.concat(),
            "/d" if aborts => [ANSWERS[0], ANSWERS_TO_B[0], ANSWERS[1], ANSWERS_TO_B[1]].concat(),
            "**" if aborts => String::new(),
            _ => [ANSWERS[0], ANSWERS_TO_B[0], ANSWERS[1], ANSWERS_TO_B[1], ANSWERS[2]].concat(),
        };
        let whole = crossed(&attributes, &answers, &[100_000]);
        prop_assert_eq!(crossed(&attributes, &answers, &sizes), whole);
    }

    #[test]
    fn a_fault_that_matches_nothing_changes_no_byte(
        sizes in sizes(),
        noise in prop::collection::vec(any::<u8>(), 0..200),
        is_late: bool,
    ) {
        let none = fault(json!({ "match": { "path": "/nowhere" }, "abort": {} }));
        let requests = [REQUESTS.as_bytes(), &noise].concat();
        let answers = [ANSWERS.concat().as_bytes(), &noise].concat();
        let mut link = Link::of(&none, 1, is_late);
        let asked = pieces(&requests, &sizes);
        let mut replied = pieces(&answers, &sizes).into_iter();
        for piece in asked {
            link.ask(piece);
            if let Some(piece) = replied.next() {
                link.reply(piece);
            }
        }
        for piece in replied {
            link.reply(piece);
        }
        link.end();
        prop_assert_eq!(bytes(&link.to_upstream), requests);
        prop_assert_eq!(bytes(&link.to_client), answers);
        prop_assert_eq!((link.requests.held(), link.answers.held()), (0, 0));
    }

    #[test]
    fn whatever_crosses_it_nothing_is_held_for_ever(
        moves in prop::collection::vec(
            (any::<bool>(), prop_oneof![
                prop::collection::vec(any::<u8>(), 1..300),
                Just(REQUESTS.as_bytes().to_vec()),
                Just(ANSWERS.concat().into_bytes()),
                Just(ANSWERS.concat().as_bytes()[..40].to_vec()),
                Just(vec![b'a'; 70_000]),
            ]),
            0..20,
        ),
        percentage in 0..100_u8,
    ) {
        let mut link = Link::new(json!({ "percentage": percentage, "abort": {} }));
        for (is_request, bytes) in &moves {
            if *is_request { link.ask(bytes); } else { link.reply(bytes); }
        }
        link.end();
        prop_assert_eq!(link.requests.held(), 0);
        prop_assert_eq!(link.answers.held(), 0);
    }
}

fn bytes(items: &[Item]) -> Vec<u8> {
    let data = items.iter().filter_map(|item| match item {
        Item::Data(chunk) => Some(chunk.bytes.to_vec()),
        _ => None,
    });
    data.flatten().collect()
}
