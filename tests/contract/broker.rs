//! `rtest contract verify --broker`: from flags and variables to what the broker is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::binary::{command, root, rtest};
use super::verify::Shop;

const TOKEN: &str = "hunter2-hunter2";

/// A Pact Broker with one pact, of `/health`; it ends with the test's process.
struct Broker {
    url: String,
    /// Method and path, and the body.
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Broker {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let asked = Arc::default();
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.expect("accepted"), &log);
            }
        });
        Self { url, asked }
    }

    fn sent(&self, line: &str) -> Vec<Value> {
        let asked = self.asked.lock().expect("no panic");
        let sent = asked.iter().filter(|(it, _)| it == line);
        sent.map(|(_, body)| body.clone()).collect()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<(String, Value)>>) {
    let mut head = Vec::new();
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        if line.trim().is_empty() {
            break;
        }
        head.push(line.to_lowercase());
    }
    let length = head
        .iter()
        .find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().expect("a number"))];
    reader.read_exact(&mut body).expect("a body");
    let words: Vec<&str> = head[0].split_whitespace().take(2).collect();
    let line = words.join(" ");
    let let_in = format!("authorization: bearer {TOKEN}");
    let (status, answer) = match head.iter().any(|line| line.trim() == let_in) {
        true => answer(&line),
        false => (401, json!({ "error": "unauthorized" })),
    };
    let body = serde_json::from_slice(&body).unwrap_or_default();
    log.lock().expect("no panic").push((line, body));
    let answer = answer.to_string();
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Said\r\ncontent-type: application/hal+json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n{answer}",
        answer.len()
    );
}

fn answer(line: &str) -> (u16, Value) {
    let provider = "/pacts/provider/storefront";
    let answer = match line {
        "get /" => json!({ "_links": { "pb:provider-pacts-for-verification":
            { "href": "/pacts/provider/{provider}/for-verification", "templated": true } } }),
        "post /pacts/provider/storefront/for-verification" => json!({ "_embedded": { "pacts": [{
            "verificationProperties": { "notices": [
                { "when": "before_verification", "text": "it is the latest of main" }
            ] },
            "_links": { "self": { "href": format!("{provider}/pact") } }
        }] } }),
        "get /pacts/provider/storefront/pact" => json!({
            "consumer": { "name": "web" },
            "provider": { "name": "storefront" },
            "interactions": [{
                "_id": "7",
                "description": "asks for its health",
                "request": { "method": "GET", "path": "/health" },
                "response": { "status": 200 }
            }],
            "metadata": { "pactSpecification": { "version": "2.0.0" } },
            "_links": { "pb:publish-verification-results": { "href": format!("{provider}/results") } }
        }),
        "post /pacts/provider/storefront/results" => return (201, json!({})),
        _ => return (404, json!({ "error": "not found" })),
    };
    (200, answer)
}

/// Everything that a run left behind, as text.
fn kept(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            text += &kept(&path);
        } else {
            text += &String::from_utf8_lossy(&std::fs::read(&path).expect("readable"));
        }
    }
    text
}

#[test]
fn pacts_of_a_broker_are_verified_and_published_and_no_secret_is_kept() {
    let (shop, broker) = (Shop::open(&[]), Broker::open());
    let out = tempfile::tempdir().expect("a folder");
    let at = out.path().display().to_string();
    let ran = rtest(&[
        "contract",
        "verify",
        "--broker",
        &broker.url,
        "--broker-token",
        TOKEN,
        "--provider",
        "storefront",
        "--provider-url",
        &shop.url,
        "--consumer-version-selector",
        r#"{"mainBranch": true}"#,
        "--consumer-version-tag",
        "prod",
        "--enable-pending",
        "--publish",
        "--provider-version",
        "1.2.3",
        "--out",
        &at,
    ])
    .exits(0)
    .shows("it is the latest of main")
    .shows("asks for its health");
    let wanted = json!({
        "consumerVersionSelectors": [{ "mainBranch": true }, { "tag": "prod", "latest": true }],
        "includePendingStatus": true
    });
    assert_eq!(
        broker.sent("post /pacts/provider/storefront/for-verification"),
        [wanted]
    );
    let published = broker.sent("post /pacts/provider/storefront/results");
    assert_eq!(published.len(), 1);
    assert_eq!(published[0]["providerApplicationVersion"], "1.2.3");
    assert_eq!(published[0]["testResults"][0]["interactionId"], "7");
    assert!(!ran.text().contains(TOKEN), "{}", ran.text());
    let kept = kept(out.path());
    assert!(kept.contains("asks for its health"));
    assert!(!kept.contains(TOKEN), "the token is in the run's folder");
}

#[test]
fn variables_name_the_broker_where_no_file_is_named() {
    let (shop, broker) = (Shop::open(&[]), Broker::open());
    let out = tempfile::tempdir().expect("a folder");
    let verify = |source: Option<&str>, token: &str| -> super::binary::Ran {
        let mut command = command(&["contract", "verify", "--provider", "storefront"]);
        command
            .args(source)
            .args(["--provider-url", &shop.url, "--out"])
            .arg(out.path())
            .env("PACT_BROKER_BASE_URL", &broker.url)
            .env("PACT_BROKER_TOKEN", token);
        command.output().expect("rtest starts").into()
    };
    // With the end of a line, as a file of secrets leaves it.
    verify(None, &format!("{TOKEN}\n")).exits(0);
    let asked = broker.asked.lock().expect("no panic").len();
    assert_eq!(asked, 3, "the index, the list, the pact");

    let refused = verify(None, "another-token")
        .exits(1)
        .shows("showed a token: 401: unauthorized");
    assert!(
        !refused.text().contains("another-token"),
        "{}",
        refused.text()
    );
    let invalid = verify(None, "tök")
        .exits(2)
        .shows("`--broker-token` has characters");
    assert!(!invalid.text().contains("tök"), "{}", invalid.text());

    let asked = broker.asked.lock().expect("no panic").len();
    let file = root().join("fixtures/pacts/web-storefront.json");
    verify(Some(&file.display().to_string()), TOKEN).shows("fixtures/pacts/web-storefront.json");
    assert_eq!(
        broker.asked.lock().expect("no panic").len(),
        asked,
        "a file was named"
    );
}

#[test]
fn flags_of_a_broker_that_make_no_sense_are_refused() {
    let verify = |more: &[&str]| {
        let words = [
            "contract",
            "verify",
            "--provider",
            "p",
            "--provider-url",
            "http://127.0.0.1:1",
        ];
        rtest(&[&words[..], more].concat()).exits(2)
    };
    let broker = ["--broker", "http://127.0.0.1:1"];
    verify(&[]).shows("SOURCE");
    verify(&["pacts", "--enable-pending"]).shows("--broker");
    let login = verify(&["--broker", "https://ci:hunter2@127.0.0.1:1/pact"]);
    let login = login.shows("holds no user and password");
    assert!(!login.text().contains("hunter2"), "{}", login.text());
    verify(&[&broker[..], &["--publish"]].concat()).shows("--provider-version");
    verify(
        &[
            &broker[..],
            &["--broker-token", "t", "--broker-username", "u"],
        ]
        .concat(),
    )
    .shows("a token or a user, not both");
    verify(&[&broker[..], &["--broker-password", "p"]].concat()).shows("needs `--broker-username`");
    verify(&[&broker[..], &["--consumer-version-selector", "main"]].concat()).shows("is not JSON");
    verify(
        &[
            &broker[..],
            &["--consumer-version-selector", r#"{"mainbranch": true}"#],
        ]
        .concat(),
    )
    .shows("did you mean `mainBranch`?");
}
