//! What is around single exchanges, over real connections: redirects, cookies, compressed bodies,
//! authentication.

mod support;

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use rtest_core::Template;
use rtest_core::expectation::{Expectation, StatusMatch};
use rtest_core::plan::{AuthPlan, Cookies, HttpPlan, LoadPlan, RequestStep, StepKind};
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_load::Transport;
use support::Run;
use support::foreign::Foreign;
use support::plan::{check, closed, get, load, open, request, scenario, sends};
use support::recorded::{Recorded, assert_close};
use support::server::{Server, ok};
use tempfile::TempDir;

const MS: Duration = Duration::from_millis(1);

const TRANSPORTS: [Transport; 2] = [Transport::Cheapest, Transport::General];

/// Ten iterations of these requests, one after the other, over two virtual users.
fn ten(http: HttpPlan, requests: Vec<RequestStep>) -> LoadPlan {
    let flow = requests.into_iter().map(sends).collect();
    let mut plan = load(vec![scenario(open("100/s", 100 * MS, 2), flow)]);
    plan.http = http;
    plan
}

/// A server that answers what `answer` makes of a request's line and its whole head, and every
/// line and head that it was sent.
async fn answering(
    answer: impl Fn(&str, &str) -> Vec<u8> + Clone + Send + Sync + 'static,
) -> (Server, Arc<Mutex<Vec<String>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let server = Server::answering({
        let heard = Arc::clone(&heard);
        move |request| {
            let line = request.lines().next().unwrap_or_default();
            let line = line.trim_end_matches(" HTTP/1.1");
            let answer = answer(line, &request);
            heard.lock().expect("lock").push(request);
            async { answer }
        }
    })
    .await;
    (server, heard)
}

fn answer(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers = headers.iter();
    let headers: String = headers
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    let head = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn leads_to(status: u16, location: &str) -> Vec<u8> {
    answer(status, &[("Location", location)], b"")
}

fn is_status(status: u16) -> Expectation {
    Expectation::Status(StatusMatch::AnyOf(vec![status]))
}

fn contains(text: &str) -> Expectation {
    Expectation::BodyContains(text.to_owned())
}

#[track_caller]
fn assert_ended(recorded: &Recorded, expected: &[(Outcome, u64)]) {
    recorded.assert_nothing_lost(0);
    let outcomes: Vec<_> = recorded.outcomes().into_iter().collect();
    assert_eq!(outcomes, expected, "{:?}", recorded.examples());
}

#[tokio::test]
async fn redirects_are_followed_and_each_hop_is_counted() {
    let (server, heard) = answering(|line, _| match line {
        "POST /form" => leads_to(303, "done?id=7"),
        "GET /done?id=7" => leads_to(301, "/end#top"),
        "GET /end" => ok("the end"),
        other => panic!("nobody leads to `{other}`"),
    })
    .await;
    for transport in TRANSPORTS {
        let mut step = request("POST", "/form");
        step.body = rtest_core::plan::Body::Text(Template::literal("a=b"));
        step.checks = vec![
            check("status", is_status(200)),
            check("body", contains("the end")),
        ];
        let plan = ten(HttpPlan::default(), vec![step]);
        let recorded = Run::new(plan, server.address).go_over(transport).await;
        let expected = [200, 301, 303].map(|status| (Outcome::Status(status), 10));
        assert_ended(&recorded, &expected);
        assert_eq!(recorded.checks()[&0], (10, 0), "of the last answer alone");
        assert_eq!(recorded.checks()[&1], (10, 0));
    }
    let last = heard.lock().expect("lock").pop().expect("requests");
    assert!(
        !last.contains("a=b") && !last.contains("content-length"),
        "{last}"
    );
}

#[tokio::test]
async fn a_redirect_loop_is_an_error_of_its_own() {
    let (server, _) = answering(|_, _| leads_to(302, "/loop")).await;
    let (nowhere, _) = answering(|_, _| leads_to(302, "gopher://h/?token=s3cret")).await;
    for transport in TRANSPORTS {
        let mut step = get("/");
        step.redirects = 3;
        let plan = ten(HttpPlan::default(), vec![step.clone()]);
        let recorded = Run::new(plan, server.address).go_over(transport).await;
        let redirect = Outcome::Error(ErrorKind::Redirect);
        assert_ended(&recorded, &[(Outcome::Status(302), 30), (redirect, 10)]);
        let example = &recorded.examples()[0];
        assert!(example.contains("after 3 redirects"), "{example}");

        let plan = ten(HttpPlan::default(), vec![step.clone()]);
        let recorded = Run::new(plan, nowhere.address).go_over(transport).await;
        assert_ended(&recorded, &[(redirect, 10)]);
        let example = &recorded.examples()[0];
        assert!(!example.contains("s3cret"), "{example}");

        step.redirects = 0;
        let plan = ten(HttpPlan::default(), vec![step]);
        let recorded = Run::new(plan, server.address).go_over(transport).await;
        assert_ended(&recorded, &[(Outcome::Status(302), 10)]);
    }
}

#[tokio::test]
async fn a_redirect_leads_to_another_origin_without_what_is_secret() {
    let (other, heard) = answering(|_, _| ok("elsewhere")).await;
    let location = format!("http://{}/landing", other.address);
    let (server, _) = answering(move |_, _| {
        let headers = [
            ("Location", location.as_str()),
            ("Set-Cookie", "sid=s3cret"),
        ];
        answer(307, &headers, b"")
    })
    .await;
    for transport in TRANSPORTS {
        let mut step = get("/");
        step.checks = vec![check("body", contains("elsewhere"))];
        let http = HttpPlan {
            auth: Some(AuthPlan::Bearer(Template::literal("s3cret"))),
            ..HttpPlan::default()
        };
        let run = Run::new(ten(http, vec![step]), server.address);
        let recorded = run.go_over(transport).await;
        let expected = [200, 307].map(|status| (Outcome::Status(status), 10));
        assert_ended(&recorded, &expected);
        assert_eq!(recorded.checks()[&0], (10, 0));
    }
    let heard = heard.lock().expect("lock");
    assert_eq!(heard.len(), 20);
    for heard in heard.iter() {
        assert!(heard.starts_with("GET /landing HTTP/1.1\r\n"), "{heard}");
        assert!(!heard.contains("s3cret"), "{heard}");
        let host = format!("host: {}\r\n", other.address);
        assert!(heard.contains(&host), "{heard}");
    }
}

#[tokio::test]
async fn a_timeout_is_that_of_all_hops_together() {
    let server = Server::answering(|_| async {
        tokio::time::sleep(120 * MS).await;
        leads_to(302, "/on")
    })
    .await;
    let mut step = get("/");
    step.timeout = 300 * MS;
    let mut plan = ten(HttpPlan::default(), vec![step]);
    plan.scenarios[0].executor = open("10/s", 200 * MS, 2);
    let recorded = Run::new(plan, server.address).go().await;
    let timeout = Outcome::Error(ErrorKind::Timeout);
    assert_ended(&recorded, &[(Outcome::Status(302), 4), (timeout, 2)]);
    let scenario = recorded.scenario(0);
    let took = scenario.iteration_duration.max_ms();
    assert_close("the iteration", took, 300 * MS, 0.1);
    let mut hops = recorded.series().into_values();
    let last = hops.find(|series| series.key.outcome == timeout);
    let waited = last.expect("timed out").response_time.max_ms();
    assert!(
        waited < 100.0,
        "wanted when the hop before had ended: {waited}"
    );
}

/// `/login` gives a cookie, without which `/me` lets nobody in.
async fn members() -> Server {
    let (server, _) = answering(|line, head| match line {
        "GET /login" => answer(200, &[("Set-Cookie", "sid=7; HttpOnly; Max-Age=60")], b""),
        "GET /me" if head.contains("\r\ncookie: sid=7\r\n") => ok("in"),
        _ => answer(403, &[], b""),
    })
    .await;
    server
}

#[tokio::test]
async fn cookies_are_kept_as_long_as_the_plan_says() {
    let server = members().await;
    for transport in TRANSPORTS {
        for (cookies, expected) in [
            (Cookies::Off, vec![(200, 10), (403, 10)]),
            (Cookies::Iteration, vec![(200, 20)]),
            (Cookies::Vu, vec![(200, 20)]),
        ] {
            let http = HttpPlan {
                cookies,
                ..HttpPlan::default()
            };
            let plan = ten(http, vec![get("/login"), get("/me")]);
            let recorded = Run::new(plan, server.address).go_over(transport).await;
            let expected = expected.iter();
            let expected: Vec<_> = expected
                .map(|(status, count)| (Outcome::Status(*status), *count))
                .collect();
            assert_ended(&recorded, &expected);
        }
    }
    // One virtual user asks first and logs in then: only its next iteration may know it.
    for (cookies, let_in) in [(Cookies::Iteration, 0), (Cookies::Vu, 9)] {
        let http = HttpPlan {
            cookies,
            ..HttpPlan::default()
        };
        let mut plan = ten(http, vec![get("/me"), get("/login")]);
        plan.scenarios[0].executor = open("100/s", 100 * MS, 1);
        let recorded = Run::new(plan, server.address).go().await;
        assert_eq!(recorded.ended_with(Outcome::Status(200)), 10 + let_in);
    }
}

#[tokio::test]
async fn who_logged_in_before_the_first_iteration_is_known_in_all_of_them() {
    let server = members().await;
    for cookies in [Cookies::Iteration, Cookies::Vu] {
        let http = HttpPlan {
            cookies,
            ..HttpPlan::default()
        };
        // Two at the same time: each of them is the same user.
        let mut both = sends(get("/me"));
        both.kind = StepKind::Parallel(vec![sends(get("/me")), sends(get("/me"))]);
        let mut plan = ten(http, Vec::new());
        plan.scenarios[0].before = vec![sends(get("/login"))];
        plan.scenarios[0].flow = vec![both];
        let recorded = Run::new(plan, server.address).go().await;
        assert_ended(&recorded, &[(Outcome::Status(200), 20)]);
    }
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).expect("memory");
    encoder.finish().expect("memory")
}

/// The most memory that the process has ever had, in MB.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.and_then(|kb| kb.parse::<u64>().ok()).expect("kB") / 1024
}

#[tokio::test]
async fn a_gzip_bomb_is_too_large_in_bounded_memory() {
    let bomb = gzip(&vec![0; 100 << 20]);
    let (server, heard) =
        answering(move |_, _| answer(200, &[("Content-Encoding", "gzip")], &bomb)).await;
    let compression = HttpPlan {
        compression: true,
        ..HttpPlan::default()
    };
    let before = peak_mb();
    for transport in TRANSPORTS {
        let mut looks = get("/");
        looks.checks = vec![check("body", contains("x"))];
        let mut plan = ten(compression.clone(), vec![looks]);
        plan.scenarios[0].executor = open("100/s", 100 * MS, 10);
        let recorded = Run::new(plan, server.address).go_over(transport).await;
        assert_ended(&recorded, &[(Outcome::Error(ErrorKind::BodyTooLarge), 10)]);
        assert_eq!(recorded.checks()[&0], (0, 10));

        let plan = ten(compression.clone(), vec![get("/")]);
        let recorded = Run::new(plan, server.address).go_over(transport).await;
        assert_ended(&recorded, &[(Outcome::Status(200), 10)]);
    }
    let grown = peak_mb() - before;
    assert!(grown < 200, "{grown} MB for twenty bombs of 100 MB");
    for heard in heard.lock().expect("lock").iter() {
        let accepted = "\r\naccept-encoding: gzip, deflate, br, zstd\r\n";
        assert!(heard.contains(accepted), "{heard}");
    }
}

#[tokio::test]
async fn what_is_not_what_its_encoding_says_is_told() {
    let (server, _) = answering(|line, _| {
        let (encoding, body) = match line {
            "GET /html" => ("gzip", b"<html>an error page</html>".to_vec()),
            "GET /cut" => ("gzip", gzip(b"whole")[..15].to_vec()),
            _ => ("pied-piper", b"x".to_vec()),
        };
        answer(200, &[("Content-Encoding", encoding)], &body)
    })
    .await;
    let compression = HttpPlan {
        compression: true,
        ..HttpPlan::default()
    };
    let steps = ["/html", "/cut", "/unknown"].map(|path| {
        let mut step = get(path);
        step.checks = vec![check("body", contains("x"))];
        step
    });
    let recorded = Run::new(ten(compression, steps.to_vec()), server.address)
        .go()
        .await;
    assert_ended(&recorded, &[(Outcome::Error(ErrorKind::Decode), 30)]);
    let examples = recorded.examples().join("\n");
    assert!(
        examples.contains("GET /html: the body is not gzip: "),
        "{examples}"
    );
    assert!(
        examples.contains("`pied-piper` is not a content-encoding"),
        "{examples}"
    );
}

/// A service that sends more and larger cookies than anybody could keep, of its own and of others.
#[tokio::test]
async fn cookies_without_end_stay_few() {
    let (server, heard) = answering(|_, _| {
        let mut head = "HTTP/1.1 200 X\r\nContent-Length: 0\r\n".to_owned();
        for n in 0..80 {
            head.push_str(&format!("Set-Cookie: c{n}={}\r\n", "x".repeat(n * 10)));
            head.push_str(&format!("Set-Cookie: d{n}=\u{1}; Domain=evil.com\r\n"));
        }
        (head + "\r\n").into_bytes()
    })
    .await;
    let http = HttpPlan {
        cookies: Cookies::Vu,
        ..HttpPlan::default()
    };
    let recorded = Run::new(ten(http, vec![get("/")]), server.address)
        .go()
        .await;
    recorded.assert_nothing_lost(0);
    for heard in heard.lock().expect("lock").iter() {
        let cookies = heard.lines().find(|line| line.starts_with("cookie: "));
        assert!(cookies.is_none_or(|cookies| cookies.matches('=').count() <= 50));
        assert!(!heard.contains("d1="), "{heard}");
    }
}

fn digest() -> AuthPlan {
    AuthPlan::Digest {
        user: Template::literal("Mufasa"),
        password: Template::literal("Circle: of Life"),
    }
}

/// The server checks the answers with Python's own hashes, and lets nonces grow stale.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::print_stderr)]
async fn digest_lets_in_whom_curl_is_let_in_as() {
    let Some(server) = Foreign::start("python3", "digest_server.py").await else {
        return;
    };
    for kind in ["md5", "md5-sess", "sha-256", "sha-256-sess", "old"] {
        let path = format!("/{kind}?q=1");
        let curl = Command::new("curl")
            .args(["-s", "--digest", "-u", "Mufasa:Circle: of Life"])
            .arg(format!("http://{}{path}", server.address))
            .output();
        match curl {
            Ok(curl) => assert!(curl.stdout.starts_with(b"in"), "{kind}: {curl:?}"),
            Err(_) => eprintln!("NOT TESTED: there is no `curl` to try the server with"),
        }
        for transport in TRANSPORTS {
            let mut step = get(&path);
            step.auth = Some(digest());
            step.checks = vec![check("in", contains("in after"))];
            let mut plan = ten(HttpPlan::default(), vec![step]);
            plan.scenarios[0].executor = open("100/s", 100 * MS, 1);
            let recorded = Run::new(plan, server.address).go_over(transport).await;
            assert_ended(&recorded, &[(Outcome::Status(200), 10)]);
            assert_eq!(recorded.checks()[&0], (10, 0));
        }
    }
    let mut wrong = get("/md5");
    wrong.auth = Some(AuthPlan::Digest {
        user: Template::literal("Mufasa"),
        password: Template::literal("s3cret"),
    });
    let recorded = Run::new(ten(HttpPlan::default(), vec![wrong]), server.address)
        .go()
        .await;
    assert_ended(&recorded, &[(Outcome::Status(401), 10)]);
    assert!(!format!("{:?}", recorded.examples()).contains("s3cret"));
}

/// nginx; gone when it is dropped.
struct Nginx {
    process: Child,
    folder: TempDir,
}

impl Nginx {
    /// Guards a text that it compresses, where this machine has nginx.
    #[allow(clippy::print_stderr)]
    fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path().display();
        let config = format!(
            "daemon off; master_process off; pid {here}/pid; error_log /dev/null;
            events {{ }}
            http {{
                access_log off;
                client_body_temp_path {here}/a; proxy_temp_path {here}/b;
                fastcgi_temp_path {here}/c; uwsgi_temp_path {here}/d; scgi_temp_path {here}/e;
                absolute_redirect off; gzip on; gzip_types *; gzip_min_length 1; default_type text/plain;
                server {{
                    listen unix:{here}/socket;
                    location / {{
                        auth_basic here; auth_basic_user_file {here}/users; root {here}/files;
                    }}
                    location /moved {{ return 301 /text; }}
                    location /login {{
                        add_header Set-Cookie \"sid=7; Path=/members; HttpOnly\";
                        return 302 /members;
                    }}
                    location /members {{
                        if ($cookie_sid != 7) {{ return 403; }}
                        return 200 in;
                    }}
                }}
            }}"
        );
        std::fs::create_dir(folder.path().join("files")).expect("a folder");
        for (file, text) in [
            ("nginx.conf", config),
            ("users", "Aladdin:{PLAIN}open sesame\n".to_owned()),
            (
                "files/text",
                "all work and no play\n".repeat(1000) + "the end",
            ),
        ] {
            std::fs::write(folder.path().join(file), text).expect("a file");
        }
        let started = Command::new("nginx")
            .arg("-c")
            .arg(folder.path().join("nginx.conf"))
            .args(["-e", "/dev/null"])
            .stderr(Stdio::null())
            .spawn();
        match started {
            Ok(process) => Some(Self { process, folder }),
            Err(_) => {
                eprintln!("NOT TESTED: there is no `nginx` in PATH");
                None
            }
        }
    }

    /// Waits until it listens.
    async fn is_up(&self) {
        let socket = self.folder.path().join("socket");
        for _ in 0..500 {
            if tokio::net::UnixStream::connect(&socket).await.is_ok() {
                return;
            }
            tokio::time::sleep(10 * MS).await;
        }
        panic!("nginx does not listen");
    }

    async fn meets(&self, mut http: HttpPlan, step: RequestStep) -> Arc<Recorded> {
        http.unix_socket = Some(self.folder.path().join("socket"));
        let nobody = ([127, 0, 0, 1], 9).into();
        Run::new(ten(http, vec![step]), nobody).go().await
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_lets_in_compresses_and_redirects() {
    let Some(nginx) = Nginx::start() else {
        return;
    };
    nginx.is_up().await;
    let basic = |password: &str| HttpPlan {
        auth: Some(AuthPlan::Basic {
            user: Template::literal("Aladdin"),
            password: Template::literal(password),
        }),
        compression: true,
        cookies: Cookies::Iteration,
        ..HttpPlan::default()
    };
    let looks = |path: &str, text: &str| {
        let mut step = get(path);
        step.checks = vec![check("body", contains(text))];
        step
    };
    let recorded = nginx
        .meets(basic("open sesame"), looks("/text", "the end"))
        .await;
    assert_ended(&recorded, &[(Outcome::Status(200), 10)]);
    assert_eq!(recorded.checks()[&0], (10, 0));
    let series: Vec<_> = recorded.series().into_values().collect();
    let received = series[0].bytes_received;
    assert!(
        received < 10 * 1000,
        "of 210,070 bytes, compressed: {received}"
    );

    let recorded = nginx.meets(basic("open barley"), get("/text")).await;
    assert_ended(&recorded, &[(Outcome::Status(401), 10)]);

    let recorded = nginx
        .meets(basic("open sesame"), looks("/moved", "the end"))
        .await;
    let expected = [200, 301].map(|status| (Outcome::Status(status), 10));
    assert_ended(&recorded, &expected);
    assert_eq!(recorded.checks()[&0], (10, 0));

    let recorded = nginx
        .meets(basic("open sesame"), looks("/login", "in"))
        .await;
    let expected = [200, 302].map(|status| (Outcome::Status(status), 10));
    assert_ended(&recorded, &expected);
    assert_eq!(recorded.checks()[&0], (10, 0));
}

/// Whoever uses none of it gets every answer as it is.
#[tokio::test]
async fn a_plan_that_asks_for_nothing_gets_answers_as_they_are() {
    let (server, heard) = answering(|_, _| {
        let headers = [("Content-Encoding", "gzip"), ("Set-Cookie", "a=b")];
        answer(200, &headers, b"not gzip at all")
    })
    .await;
    let mut step = get("/");
    step.checks = vec![check("body", contains("not gzip at all"))];
    let plan = load(vec![scenario(closed(1, 50 * MS), vec![sends(step)])]);
    let recorded = Run::new(plan, server.address).go().await;
    assert_eq!(recorded.checks()[&0].1, 0, "{:?}", recorded.examples());
    for heard in heard.lock().expect("lock").iter() {
        for header in ["accept-encoding", "cookie", "authorization"] {
            assert!(!heard.contains(header), "{heard}");
        }
    }
}
