//! Providers that are written in Node: one that wants to see a certificate, one that answers with a
//! form of several parts, one that never answers.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::binary::{Ran, command};

struct Provider {
    child: Child,
    port: u16,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server in Node that `code` leaves in `server`.
fn provider(folder: &Path, code: &str) -> Provider {
    let code =
        format!("{code}\nserver.listen(0, '127.0.0.1', () => console.log(server.address().port));");
    let mut child = Command::new("node")
        .args(["-e", &code])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is there");
    let stdout = child.stdout.take().expect("piped");
    let port = BufReader::new(stdout).lines().next().expect("a line");
    let port = port.expect("text").parse().expect("a port");
    Provider { child, port }
}

fn pact(folder: &Path, interaction: &Value) -> String {
    let file = folder.join("pact.json");
    let pact = json!({
        "consumer": { "name": "web" },
        "provider": { "name": "shop" },
        "interactions": [interaction],
        "metadata": { "pactSpecification": { "version": "4.0" } },
    });
    std::fs::write(&file, pact.to_string()).expect("written");
    file.display().to_string()
}

fn health() -> Value {
    json!({
        "type": "Synchronous/HTTP",
        "description": "is it up",
        "request": { "method": "GET", "path": "/health" },
        "response": { "status": 200 },
    })
}

fn verification(folder: &Path, pact: &str, url: &str, more: &[&str]) -> Command {
    let out = folder.join("out").display().to_string();
    let words = [
        "contract",
        "verify",
        pact,
        "--provider",
        "shop",
        "--provider-url",
        url,
        "--out",
        &out,
    ];
    command(&[&words[..], more].concat())
}

fn verify(folder: &Path, pact: &str, url: &str, more: &[&str]) -> Ran {
    let mut command = verification(folder, pact, url, more);
    command.output().expect("rtest starts").into()
}

/// `NAME.key` and `NAME.pem`, signed by `ca`, or by itself.
fn certificate(folder: &Path, name: &str, ca: Option<&str>, names: &str) {
    let openssl = |words: &[String]| {
        let ran = Command::new("openssl")
            .args(words)
            .current_dir(folder)
            .output();
        let ran = ran.expect("openssl is there");
        assert!(
            ran.status.success(),
            "{}",
            String::from_utf8_lossy(&ran.stderr)
        );
    };
    let mut words: Vec<String> = format!(
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name} \
         -keyout {name}.key -out {name}.pem"
    )
    .split_whitespace()
    .map(str::to_owned)
    .collect();
    if let Some(ca) = ca {
        words.extend(
            ["-CA", &format!("{ca}.pem"), "-CAkey", &format!("{ca}.key")].map(str::to_owned),
        );
        words.extend(
            [
                "-addext",
                names,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ]
            .map(str::to_owned),
        );
    }
    openssl(&words);
}

#[test]
fn a_provider_that_wants_a_certificate_is_shown_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    certificate(folder, "ca", None, "");
    certificate(
        folder,
        "shop",
        Some("ca"),
        "subjectAltName=DNS:shop.internal",
    );
    certificate(folder, "web", Some("ca"), "subjectAltName=DNS:web.internal");
    let provider = provider(
        folder,
        "const fs = require('node:fs'); const server = require('node:https').createServer({ \
         key: fs.readFileSync('shop.key'), cert: fs.readFileSync('shop.pem'), ca: fs.readFileSync('ca.pem'), \
         requestCert: true, rejectUnauthorized: true }, (_, answer) => answer.end());",
    );
    let pact = pact(folder, &health());
    let suite = folder.join("suite.yaml");
    let run = |tls: &str| -> Ran {
        let text = format!(
            "name: mtls\ncontracts:\n  - pact: {pact}\n    provider: shop\n    target: https://127.0.0.1:{}\n    tls: {{ {tls} }}\n",
            provider.port
        );
        std::fs::write(&suite, text).expect("written");
        let (suite, out) = (
            suite.display().to_string(),
            folder.join("out").display().to_string(),
        );
        let mut command = command(&["run", &suite, "--out", &out]);
        command.output().expect("rtest starts").into()
    };
    run("ca: ca.pem, cert: web.pem, key: web.key, server_name: shop.internal").exits(0);
    run("ca: ca.pem, server_name: shop.internal")
        .exits(1)
        .shows("CertificateRequired");
    run("ca: ca.pem, cert: web.pem, key: web.key")
        .exits(1)
        .shows("not valid for name \"127.0.0.1\"");
    run("cert: web.pem, key: web.key, server_name: shop.internal")
        .exits(1)
        .shows("UnknownIssuer");
}

#[test]
fn the_parts_of_a_form_are_compared_each_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let form = |id: &str| {
        format!(
            "--X\r\nContent-Disposition: form-data; name=\"f\"\r\nContent-Type: application/json\r\n\r\n{{\"id\":{id}}}\r\n--X--\r\n"
        )
    };
    let mut interaction = health();
    interaction["response"] = json!({
        "status": 200,
        "headers": { "Content-Type": ["multipart/form-data; boundary=X"] },
        "body": {
            "contentType": "multipart/form-data; boundary=X",
            "encoded": false,
            "content": form("7"),
        },
        "matchingRules": {
            "header": { "Content-Type": { "combine": "AND", "matchers": [
                { "match": "regex", "regex": "multipart/form-data;\\s*boundary=.*" }
            ] } },
        },
    });
    let pact = pact(folder, &interaction);
    for (id, code) in [("7", 0), ("\"seven\"", 1)] {
        let code_of_node = format!(
            "const server = require('node:http').createServer((_, answer) => {{ \
             answer.setHeader('Content-Type', 'multipart/form-data; boundary=X'); answer.end({}); }});",
            json!(form(id))
        );
        let provider = provider(folder, &code_of_node);
        let url = format!("http://127.0.0.1:{}", provider.port);
        let ran = verify(folder, &pact, &url, &[]).exits(code);
        if code == 1 {
            ran.shows("body $.");
        }
    }
}

#[test]
#[allow(clippy::disallowed_methods)] // on real time
fn ctrl_c_ends_a_verification_that_waits_for_an_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let asked = folder.join("asked");
    let provider = provider(
        folder,
        "const server = require('node:http').createServer(() => require('node:fs').writeFileSync('asked', ''));",
    );
    let url = format!("http://127.0.0.1:{}", provider.port);
    let pact = pact(folder, &health());
    let mut verification = verification(folder, &pact, &url, &[]);
    let child = verification
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rtest starts");
    while !asked.exists() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a process"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).expect("it runs");
    let ran: Ran = child.wait_with_output().expect("it ends").into();
    ran.exits(130).shows("INTERRUPTED");
}
