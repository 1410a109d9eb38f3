//! A Docker engine that goes away or hangs in the middle of a run, behind a socket of its own.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::binary::{Ran, command, run_folder, write_suite};
use crate::containers::{docker, has_docker, left_of};
use crate::wait_until;

const ENGINE: &str = "/var/run/docker.sock";

const SUITE: &str = "
name: on an engine
environment:
  services:
    web: { builtin: catalog }
    cache: { container: \"redis:7\" }
load:
  target: web
  scenarios:
    browse: { executor: constant-arrival-rate, rate: 5/s, duration: DURATION, flow: [{ get: /products/7 }] }
";

/// Passes on what is said to the engine, until it is told to be gone.
struct Between {
    path: PathBuf,
    passing: Arc<Mutex<Vec<UnixStream>>>,
    /// Whether what the engine says is held back.
    hangs: Arc<AtomicBool>,
}

impl Between {
    fn listen(folder: &Path) -> Self {
        let path = folder.join("docker.sock");
        let listener = UnixListener::bind(&path).expect("a socket");
        let passing: Arc<Mutex<Vec<UnixStream>>> = Arc::default();
        let known = Arc::clone(&passing);
        let hangs: Arc<AtomicBool> = Arc::default();
        let held = Arc::clone(&hangs);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let ends = pass(&client, &held).expect("the engine is there");
                known.lock().expect("no panic").extend(ends);
            }
        });
        Self {
            path,
            passing,
            hangs,
        }
    }

    /// The engine is heard no more, though it can be spoken to.
    fn hang(&self) {
        self.hangs.store(true, Ordering::SeqCst);
    }

    /// Breaks off all that is being said.
    fn interrupt(&self) {
        for stream in self.passing.lock().expect("no panic").drain(..) {
            // One side may have closed it.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Nobody gets through any more.
    fn go(&self) {
        std::fs::remove_file(&self.path).expect("it was there");
        self.interrupt();
    }
}

/// Copies both ways, each to its end.
fn pass(client: &UnixStream, held: &Arc<AtomicBool>) -> io::Result<[UnixStream; 2]> {
    let engine = UnixStream::connect(ENGINE)?;
    for (from, to) in [(client, &engine), (&engine, client)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        let held = Arc::clone(held);
        thread::spawn(move || {
            // One side may have closed it.
            let _ = copy(&from, &to, &held);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
    Ok([client.try_clone()?, engine])
}

/// Copies to the end, but for as long as it is held.
fn copy(mut from: &UnixStream, mut to: &UnixStream, held: &AtomicBool) -> io::Result<()> {
    let mut bytes = [0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes)?;
        if read == 0 {
            return Ok(());
        }
        while held.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(20));
        }
        to.write_all(&bytes[..read])?;
    }
}

/// An engine that says who it is where it `knows_itself`, and nothing else, to whoever calls.
fn silent(folder: &Path, knows_itself: bool) -> String {
    const VERSION: &str = r#"{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"}"#;
    let path = folder.join("docker.sock");
    let listener = UnixListener::bind(&path).expect("a socket");
    thread::spawn(move || {
        let mut held = Vec::new();
        for mut client in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let read = client.read(&mut request).unwrap_or_default();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            if knows_itself && request.contains("/version ") {
                let length = VERSION.len();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{VERSION}"
                );
                let _ = client.write_all(answer.as_bytes());
            } else {
                held.push(client);
            }
        }
    });
    format!("unix://{}", path.display())
}

/// Runs the suite with this engine, which may take two seconds over an answer.
fn run_with(engine: &str) -> Ran {
    let out = tempfile::tempdir().expect("a folder");
    let suite = write_suite(&SUITE.replace("DURATION", "1s"));
    let (path, folder) = (
        suite.path().display().to_string(),
        out.path().display().to_string(),
    );
    let ran = command(&["run", &path, "--out", &folder])
        .env("DOCKER_HOST", engine)
        .env("DOCKER_CLIENT_TIMEOUT", "2")
        .output();
    Ran::from(ran.expect("rtest starts"))
}

#[test]
fn an_engine_that_never_answers_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = silent(folder.path(), false);
    run_with(&engine)
        .exits(3)
        .shows(&format!("no Docker engine answers at {engine}"))
        .shows("no answer within 10s");
}

#[test]
fn an_engine_that_stops_answering_is_told_with_the_call() {
    let folder = tempfile::tempdir().expect("a folder");
    run_with(&silent(folder.path(), true))
        .exits(3)
        .shows("cannot be made: no answer for 2s")
        .shows("see whether `docker ps` answers");
}

#[test]
fn an_engine_that_hangs_in_the_middle_of_a_run_ends_it() {
    if !has_docker() {
        return;
    }
    let (ran, id, _) = run("120s", |between, _| between.hang());
    ran.exits(3)
        .shows("the Docker engine hangs: no answer for 20s")
        .shows("rtest env prune");
    docker(&["rm", "-f", &format!("rtest-{id}-cache")]).expect("it was left");
    docker(&["network", "rm", &format!("rtest-{id}")]).expect("it was left");
}

/// Runs the suite for so long through a socket in between; `meanwhile` hears of it, and of the run's id, as
/// soon as load is on its way. Gives how the run ended, its id, and its report.
fn run(duration: &str, meanwhile: impl FnOnce(&Between, &str)) -> (Ran, String, String) {
    let out = tempfile::tempdir().expect("a folder");
    let place = tempfile::tempdir().expect("a folder");
    let between = Between::listen(place.path());
    let suite = write_suite(&SUITE.replace("DURATION", duration));
    let (path, folder) = (
        suite.path().display().to_string(),
        out.path().display().to_string(),
    );
    let child = command(&["run", &path, "--out", &folder])
        .env("DOCKER_HOST", format!("unix://{}", between.path.display()))
        .env("DOCKER_CLIENT_TIMEOUT", "20")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("rtest starts");
    wait_until("load is on its way", || {
        let Some(Ok(run)) = std::fs::read_dir(out.path())
            .ok()
            .and_then(|mut it| it.next())
        else {
            return false;
        };
        let events = std::fs::read_to_string(run.path().join("record/events.jsonl"));
        events.is_ok_and(|events| events.contains("load_tick"))
    });
    let run = run_folder(out.path());
    let id = run.file_name().expect("a name").to_string_lossy();
    meanwhile(&between, &id);
    let ran: Output = child.wait_with_output().expect("it ends");
    let report = std::fs::read_to_string(run.join("report.json")).expect("a report");
    (Ran::from(ran), id.into_owned(), report)
}

#[test]
fn an_engine_that_goes_away_is_a_failure_of_the_environment_not_of_a_service() {
    if !has_docker() {
        return;
    }
    let (ran, id, report) = run("120s", |between, _| between.go());
    let ran = ran
        .exits(3)
        .shows("the Docker engine is gone")
        .shows("rtest env prune");
    assert!(!ran.stdout.contains("ended by itself"), "{}", ran.text());
    assert!(report.contains("environment failed"), "{report}");
    assert_eq!(left_of(&id), [1, 1, 0], "it could not be removed");
    docker(&["rm", "-f", &format!("rtest-{id}-cache")]).expect("removed");
    docker(&["network", "rm", &format!("rtest-{id}")]).expect("removed");
}

#[test]
fn an_engine_that_is_there_again_tells_how_a_service_ends() {
    if !has_docker() {
        return;
    }
    let (ran, id, _) = run("6s", |between, id| {
        between.interrupt();
        let name = format!("rtest-{id}-cache");
        docker(&["kill", &name]).expect("it runs");
    });
    ran.exits(1).shows("ended by itself");
    assert_eq!(left_of(&id), [0, 0, 0]);
}
