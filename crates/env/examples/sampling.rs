//! What it costs to look at services: the CPU time of this process, looking and not, in turns.
//!
//! ```text
//! cargo run --release -p rtest-env --example sampling
//! ```
//!
//! The services are five processes, and, where a Docker engine has `redis:7`, five containers.
#![allow(clippy::print_stdout, clippy::disallowed_methods)] // a report on a terminal, of real time

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rtest_core::plan::{
    ContainerPlan, DataPlan, Image, Protocol, Provider, Readiness, ReadinessProbe, ServicePlan,
};
use rtest_core::{EventKind, EventSink, MonotonicClock, Secrets, Span, Template};
use rtest_env::{Environment, Ground, ServiceReady, Setup, reap};
use tokio_util::sync::CancellationToken;

/// Services of each kind.
const SERVICES: usize = 5;
/// How long each measurement takes.
const LENGTH: Duration = Duration::from_secs(10);
const ROUNDS: usize = 3;
const PERIODS: [Option<Duration>; 3] = [
    None,
    Some(Duration::from_millis(100)),
    Some(Duration::from_millis(1000)),
];

#[derive(Default)]
struct Counting(AtomicUsize);

impl EventSink for Counting {
    fn emit(&self, kind: EventKind) {
        if let EventKind::Usage(_) = kind {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl ServiceReady for Counting {
    fn ready(&self, _: &str, _: SocketAddr) {}
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The environment starts the reaper by the name of its own program.
    let words: Vec<String> = std::env::args().collect();
    if words.get(1).is_some_and(|word| word == "reaper") {
        return Ok(reap(words.last().map_or("", String::as_str))?);
    }
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(measure_all())
}

async fn measure_all() -> Result<(), Box<dyn std::error::Error>> {
    let has_redis = Command::new("docker")
        .args(["image", "inspect", "redis:7"])
        .output()
        .is_ok_and(|output| output.status.success());
    let kinds: &[(&str, bool)] = if has_redis {
        &[("processes", false), ("containers, Redis asked too", true)]
    } else {
        println!("NOT MEASURED HERE: containers, for there is no Docker engine with redis:7");
        &[("processes", false)]
    };
    println!("| {SERVICES} … | every | looks | CPU, share of one core |");
    println!("|---|--:|--:|--:|");
    for (words, in_containers) in kinds {
        for period in PERIODS {
            let mut shares = Vec::new();
            let mut looks = 0;
            for _ in 0..ROUNDS {
                let (seen, share) = measure(*in_containers, period).await?;
                looks = seen;
                shares.push(share);
            }
            shares.sort_by(f64::total_cmp);
            let every = period.map_or("never".to_owned(), |it| format!("{} ms", it.as_millis()));
            let share = shares[ROUNDS / 2] * 100.0;
            println!("| {words} | {every} | {looks} | {share:.2} % |");
        }
    }
    Ok(())
}

/// How often was looked, and the CPU time of this process as a share of one core.
async fn measure(
    in_containers: bool,
    sample: Option<Duration>,
) -> Result<(usize, f64), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("rtest-sampling-{}", std::process::id()));
    let cancel = CancellationToken::new();
    let counting = Arc::new(Counting::default());
    let setup = Setup {
        services: (0..SERVICES).map(|n| service(n, in_containers)).collect(),
        links: Vec::new(),
        limited: BTreeSet::new(),
        sample,
        settle: false,
        run_id: format!("sampling-{}", std::process::id()),
        log_dir: folder.join("logs"),
        program: std::env::current_exe()?,
        secrets: Secrets::default(),
    };
    let ground = Ground::prepare(setup, &cancel).await?;
    let environment = Environment::start(
        ground,
        &BTreeMap::new(),
        Arc::clone(&counting) as _,
        Arc::clone(&counting) as _,
        Arc::new(MonotonicClock::start()),
        cancel,
    )
    .await?;
    let (before, looked) = (cpu(), counting.0.load(Ordering::Relaxed));
    tokio::time::sleep(LENGTH).await;
    let spent = cpu() - before;
    let looks = counting.0.load(Ordering::Relaxed) - looked;
    environment.stop().await;
    std::fs::remove_dir_all(&folder)?;
    Ok((looks, spent.as_secs_f64() / LENGTH.as_secs_f64()))
}

fn service(number: usize, in_container: bool) -> ServicePlan {
    let redis = ContainerPlan {
        image: Image::Named("redis:7".to_owned()),
        port: 6379,
        command: None,
        user: None,
        files: Vec::new(),
        volumes: Vec::new(),
        limit: None,
        labels: Vec::new(),
        health: None,
    };
    let listen = "import http.server, os; http.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), http.server.BaseHTTPRequestHandler).serve_forever()";
    let (provider, protocol, probe) = if in_container {
        let redis = Provider::Container(Box::new(redis));
        let protocol = Protocol::Redis { password: None };
        (redis, protocol, ReadinessProbe::Protocol)
    } else {
        let process = Provider::Process {
            command: ["python3", "-c", listen].map(Template::literal).to_vec(),
            cwd: PathBuf::from("."),
            port: None,
        };
        (process, Protocol::Http, ReadinessProbe::Tcp)
    };
    ServicePlan {
        name: format!("service-{number}"),
        provider,
        protocol,
        depends_on: Vec::new(),
        env: Vec::new(),
        ready: Readiness {
            probe,
            within: Duration::from_secs(60),
        },
        data: DataPlan::default(),
        span: Span::of_flag("sampling", "services"),
    }
}

fn cpu() -> Duration {
    getrusage(UsageWho::RUSAGE_SELF).map_or(Duration::ZERO, |usage| {
        let micros = (usage.user_time() + usage.system_time()).num_microseconds();
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    })
}
