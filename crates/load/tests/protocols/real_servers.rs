//! nginx and OpenSSL as peers, over Unix sockets, so that no port has to be guessed.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rtest_core::Scheme;
use rtest_core::expectation::Expectation;
use rtest_core::plan::{HttpVersion, LoadPlan, TlsPlan};
use rtest_core::sample::{ErrorKind, Outcome, RequestPhase};
use rtest_load::{Origin, ResolvedTarget};
use tempfile::TempDir;
use tokio::net::UnixStream;

use crate::certificates::{Authority, Certificate};
use crate::servers::{MS, only_series, ten, times};
use crate::support::Run;
use crate::support::plan::{check, get, load, open, scenario, sends};

/// A server of somebody else's; gone when it is dropped.
struct Process {
    child: Child,
    folder: TempDir,
}

impl Process {
    /// Starts a program that listens on `socket` of the folder. Nothing where this machine does
    /// not have it.
    #[allow(clippy::print_stdout)]
    async fn start(folder: TempDir, program: &str, args: &[&str]) -> Option<Self> {
        let spawned = Command::new(program)
            .args(args)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = match spawned {
            Ok(child) => child,
            Err(error) => {
                println!("NOT TESTED HERE: `{program}` cannot be started: {error}");
                return None;
            }
        };
        let process = Self { child, folder };
        for _ in 0..500 {
            if UnixStream::connect(process.socket()).await.is_ok() {
                return Some(process);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("`{program}` does not listen");
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    /// A run of this plan against it, as `localhost`.
    fn run(&self, plan: LoadPlan, version: HttpVersion, tls: TlsPlan) -> Run {
        let mut run = Run::new(plan, ([127, 0, 0, 1], 9).into());
        let origin = Origin::parse(Scheme::Https, "localhost").expect("a host");
        run.context.target = ResolvedTarget::new(origin, String::new());
        run.plan.http.unix_socket = Some(self.socket());
        run.plan.http.version = version;
        run.plan.http.tls = tls;
        run
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn write(folder: &Path, certificate: &Certificate, ca: &Authority) {
    for (file, text) in [
        ("chain.pem", &certificate.chain),
        ("key.pem", &certificate.key),
        ("ca.pem", &ca.pem()),
    ] {
        std::fs::write(folder.join(file), text).expect("a file");
    }
}

/// nginx with HTTP/2, which closes a connection after four requests, and wants a client
/// certificate below `/members`.
async fn nginx(authority: &Authority) -> Option<Process> {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &authority.server("localhost"), authority);
    let here = folder.path().display();
    let config = format!(
        "daemon off; master_process off; pid {here}/pid; error_log /dev/null;
        events {{ }}
        http {{
            access_log off;
            client_body_temp_path {here}/a; proxy_temp_path {here}/b; fastcgi_temp_path {here}/c;
            uwsgi_temp_path {here}/d; scgi_temp_path {here}/e;
            keepalive_requests 4; client_max_body_size 10m;
            server {{
                listen unix:{here}/socket ssl http2;
                ssl_certificate {here}/chain.pem; ssl_certificate_key {here}/key.pem;
                ssl_client_certificate {here}/ca.pem; ssl_verify_client optional;
                location / {{ return 200 \"$server_protocol $host $ssl_client_verify\"; }}
                location /members {{
                    if ($ssl_client_verify != SUCCESS) {{ return 403; }}
                    return 200 in;
                }}
            }}
        }}"
    );
    std::fs::write(folder.path().join("nginx.conf"), config).expect("a file");
    let config = folder.path().join("nginx.conf");
    let config = config.display().to_string();
    Process::start(folder, "nginx", &["-c", &config, "-e", "/dev/null"]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_is_spoken_to_in_either_version() {
    let authority = Authority::new();
    let Some(nginx) = nginx(&authority).await else {
        return;
    };
    for (version, says) in [
        (HttpVersion::Http1, "HTTP/1.1 localhost NONE"),
        (HttpVersion::Http2, "HTTP/2.0 localhost NONE"),
        (HttpVersion::Auto, "HTTP/2.0 localhost NONE"),
    ] {
        let mut step = get("/");
        step.checks = vec![check(
            "protocol",
            Expectation::BodyContains(says.to_owned()),
        )];
        let executor = open("200/s", 500 * MS, 4);
        let plan = load(vec![scenario(executor, vec![sends(step)])]);
        let recorded = nginx.run(plan, version, authority.trusted()).go().await;
        let examples = recorded.examples();
        // Each connection is given up by nginx after four requests, and none of them is lost.
        assert_eq!(
            recorded.ended_with(Outcome::Status(200)),
            100,
            "{examples:?}"
        );
        assert_eq!(recorded.checks()[&0], (100, 0), "{version:?}: {examples:?}");
        let opened = times(&only_series(&recorded), RequestPhase::TlsHandshaking);
        assert!((25..=32).contains(&opened), "{version:?}: {opened}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nginx_sees_the_clients_certificate() {
    let authority = Authority::new();
    let Some(nginx) = nginx(&authority).await else {
        return;
    };
    let known = TlsPlan {
        client: Some(authority.client().plan()),
        ..authority.trusted()
    };
    for version in [HttpVersion::Http1, HttpVersion::Http2] {
        let recorded = nginx.run(ten(get("/members")), version, known.clone());
        let recorded = recorded.go().await;
        assert_eq!(recorded.ended_with(Outcome::Status(200)), 10);
        let recorded = nginx.run(ten(get("/members")), version, authority.trusted());
        let recorded = recorded.go().await;
        assert_eq!(recorded.ended_with(Outcome::Status(403)), 10);
    }
}

/// OpenSSL's own server, with these options.
async fn openssl(certificate: &Certificate, ca: &Authority, options: &[&str]) -> Option<Process> {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), certificate, ca);
    let mut args = vec![
        "s_server",
        "-unix",
        "socket",
        "-cert",
        "chain.pem",
        "-key",
        "key.pem",
        "-www",
    ];
    args.extend_from_slice(options);
    Process::start(folder, "openssl", &args).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_is_spoken_to_over_either_version_of_tls() {
    let authority = Authority::new();
    let certificate = authority.server("localhost");
    for version in ["-tls1_2", "-tls1_3"] {
        let Some(openssl) = openssl(&certificate, &authority, &[version]).await else {
            return;
        };
        let run = openssl.run(ten(get("/")), HttpVersion::Auto, authority.trusted());
        let recorded = run.go().await;
        let examples = recorded.examples();
        assert_eq!(
            recorded.ended_with(Outcome::Status(200)),
            10,
            "{version}: {examples:?}"
        );
    }
    // OpenSSL's default level of security must be lowered for it to speak that at all.
    let old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    let Some(openssl) = openssl(&certificate, &authority, &old).await else {
        return;
    };
    let run = openssl.run(ten(get("/")), HttpVersion::Auto, authority.trusted());
    let recorded = run.go().await;
    let examples = recorded.examples();
    assert_eq!(recorded.failed_with(ErrorKind::Tls), 10, "{examples:?}");
    assert!(
        examples[0].contains("neither TLS 1.2 nor 1.3"),
        "{examples:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openssl_wants_a_client_certificate() {
    let (authority, of_clients) = (Authority::new(), Authority::new());
    let certificate = authority.server("localhost");
    let wants = ["-Verify", "1", "-CAfile", "ca.pem", "-verify_return_error"];
    for version in ["-tls1_2", "-tls1_3"] {
        let mut options = wants.to_vec();
        options.push(version);
        let Some(openssl) = openssl(&certificate, &of_clients, &options).await else {
            return;
        };
        let run = openssl.run(ten(get("/")), HttpVersion::Auto, authority.trusted());
        let none = run.go().await;
        let (outcomes, examples) = (none.outcomes(), none.examples());
        assert_eq!(
            none.failed_with(ErrorKind::Tls),
            10,
            "{version}: {outcomes:?} {examples:?}"
        );
        assert!(
            examples[0].contains("client certificate"),
            "{version}: {examples:?}"
        );

        let tls = TlsPlan {
            client: Some(of_clients.client().plan()),
            ..authority.trusted()
        };
        let run = openssl.run(ten(get("/")), HttpVersion::Auto, tls);
        let known = run.go().await;
        let examples = known.examples();
        assert_eq!(
            known.ended_with(Outcome::Status(200)),
            10,
            "{version}: {examples:?}"
        );
    }
}
