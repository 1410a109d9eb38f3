//! A load that is changed while it runs: k6's REST API, and `rtest ctl`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::binary::{Ran, command, rtest};
use crate::server::{OK, Server};

/// A load that runs, with its control API. Killed where a test fails before it has ended.
struct Running {
    rtest: Option<Child>,
    control: SocketAddr,
}

impl Running {
    fn load(server: &Server, flags: &[&str]) -> Self {
        let url = server.url();
        let words = ["load", &url, "--control", "127.0.0.1:0"];
        let mut rtest = command(&[&words, flags].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("rtest starts");
        let mut progress = BufReader::new(rtest.stderr.take().expect("piped"));
        let mut line = String::new();
        let control = loop {
            line.clear();
            assert_ne!(progress.read_line(&mut line).expect("text"), 0, "it ended");
            if let Some(url) = line.trim_end().strip_prefix("control  http://") {
                break url.trim_end_matches("/v1/status").parse().expect(url);
            }
        };
        rtest.stderr = Some(progress.into_inner());
        Self {
            rtest: Some(rtest),
            control,
        }
    }

    fn ctl(&self, words: &[&str]) -> Ran {
        let address = self.control.to_string();
        rtest(&[&["ctl"], words, &["--control", &address]].concat())
    }

    /// One request as k6's tools make it: status line and JSON.
    fn ask(&self, request: &str, headers: &str, body: &str) -> (String, Value) {
        let mut connection = TcpStream::connect(self.control).expect("it listens");
        let length = body.len();
        let request = format!(
            "{request} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        connection.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("text");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.lines().next().unwrap_or_default().to_owned();
        (status, serde_json::from_str(body).expect(body))
    }

    /// Until the load has begun: there is nothing to wait on but its own word.
    fn status_once_running(&self) -> Value {
        loop {
            let (_, status) = self.ask("GET /v1/status", "host: localhost\r\n", "");
            let attributes = &status["data"]["attributes"];
            if attributes["running"] == true {
                return attributes.clone();
            }
        }
    }

    fn end(mut self) -> Ran {
        let rtest = self.rtest.take().expect("it ends once");
        rtest.wait_with_output().expect("it ends").into()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(rtest) = &mut self.rtest {
            let _ = rtest.kill();
            let _ = rtest.wait();
        }
    }
}

#[test]
fn a_run_is_looked_at_paused_scaled_and_stopped_from_outside() {
    let server = Server::answering(OK);
    let running = Running::load(&server, &["--rate", "100/s", "-d", "10m"]);
    let status = running.status_once_running();
    assert_eq!(
        (&status["status"], &status["stopped"]),
        (&7.into(), &false.into())
    );

    running.ctl(&["pause"]).exits(0).shows("load: paused");
    running.ctl(&["resume"]).exits(0).shows("load: running");
    running
        .ctl(&["scale", "--rate", "1.5"])
        .exits(0)
        .shows("arrival rates: 1.5 times what is planned");
    running
        .ctl(&["scale", "--vus", "5"])
        .exits(2)
        .shows("every scenario has an arrival rate");
    running
        .ctl(&["status"])
        .exits(0)
        .shows("thresholds: none fails");
    running.ctl(&["stop"]).exits(0).shows("load: stopped");
    // A load of ten minutes ends at once, in good order, and is judged.
    let ran = running.end().shows("load control: stopped");
    // A machine that is busy with other tests may have been late by itself.
    assert!([0, 5].contains(&ran.code), "{}", ran.text());
}

#[test]
fn k6s_tools_find_what_they_look_for() {
    let server = Server::answering(OK);
    let running = Running::load(&server, &["-c", "2", "-d", "10m", "-t", "p(95)<9000"]);
    running.status_once_running();
    let host = "host: 127.0.0.1\r\n";
    let metric = loop {
        let (status, answer) = running.ask("GET /v1/metrics/http_req_duration", host, "");
        if status == "HTTP/1.1 200 OK" {
            break answer["data"].clone();
        }
        assert_eq!(status, "HTTP/1.1 404 Not Found");
    };
    assert_eq!(
        (&metric["type"], &metric["id"]),
        (&"metrics".into(), &"http_req_duration".into())
    );
    assert_eq!(metric["attributes"]["type"], "trend");
    assert_eq!(metric["attributes"]["contains"], "time");
    assert_eq!(metric["attributes"]["tainted"], false);
    for stat in ["avg", "max", "med", "min", "p(90)", "p(95)"] {
        assert!(
            metric["attributes"]["sample"][stat].is_number(),
            "{stat} in {metric}"
        );
    }
    let (_, all) = running.ask("GET /v1/metrics", host, "");
    assert!(
        all["data"].as_array().is_some_and(|all| all.len() > 5),
        "{all}"
    );

    let patch = r#"{"data":{"type":"status","id":"default","attributes":{"status":0,"paused":true,"vus":4,"vus-max":null,"stopped":false,"running":false,"tainted":false}}}"#;
    let (status, answer) = running.ask("PATCH /v1/status", host, patch);
    assert_eq!(status, "HTTP/1.1 200 OK", "{answer}");
    let attributes = &answer["data"]["attributes"];
    assert_eq!(
        (&attributes["paused"], &attributes["vus-scale"]),
        (&true.into(), &2.0.into())
    );

    let (status, answer) = running.ask("PATCH /v1/status", host, "{}");
    assert_eq!(status, "HTTP/1.1 400 Bad Request");
    assert_eq!(answer["errors"][0]["status"], "400");
    running.ctl(&["stop"]).exits(0);
    running.end();
}

#[test]
fn web_pages_and_other_machines_are_not_let_in() {
    let server = Server::answering(OK);
    let running = Running::load(&server, &["-c", "1", "-d", "10m"]);
    for headers in [
        "host: 127.0.0.1\r\norigin: http://evil.example\r\n",
        "host: evil.example\r\n",
        "host: 127.0.0.1.evil.example:80\r\n",
    ] {
        let (status, _) = running.ask("GET /v1/status", headers, "");
        assert_eq!(status, "HTTP/1.1 403 Forbidden", "{headers}");
    }
    running.ctl(&["stop"]).exits(0);
    running.end();
    for address in ["0.0.0.0:6565", "10.0.0.1:6565"] {
        server
            .load(&["--control", address])
            .exits(2)
            .shows("only loopback addresses");
    }
}

#[test]
fn without_a_run_ctl_says_where_it_looked() {
    rtest(&["ctl", "status", "--control", "127.0.0.1:1"])
        .exits(3)
        .shows("nothing answers at 127.0.0.1:1")
        .shows("--control");
    rtest(&["ctl", "scale"]).exits(2).shows("--rate");
}
