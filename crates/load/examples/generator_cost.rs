//! What a request costs the generator, in CPU time: run beside a peer against the same server, as
//! `benches/peers.py` does.
//!
//! ```text
//! cargo run --release -p rtest-load --example generator_cost -- 127.0.0.1:8080/small closed 32 10
//! cargo run --release -p rtest-load --example generator_cost -- 127.0.0.1:8080/small 5000/s 64 10
//! ```
//!
//! Arguments: `host:port/path`, then `closed` or a rate, virtual users, seconds; after that, in any
//! order: the number of workers; `coalesced`, `precise` or `spin`, how closely the schedule is kept;
//! `general`, for the client that speaks everything; JSONPaths that are checked in each answer;
//! `think=10s`, between two requests of a virtual user.
#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use rtest_core::event::{EventKind, EventSink};
use rtest_core::expectation::{Expectation, ValueMatch};
use rtest_core::plan::{
    Arrivals, CheckPlan, Engine, ExecutorPlan, LoadPlan, Pacing, RequestStep, ScenarioPlan, Step,
    StepKind, Target, Think,
};
use rtest_core::unit::{parse_duration, parse_rate};
use rtest_core::window::WindowBoard;
use rtest_core::{Clock, Histogram, JsonPath, MonotonicClock, Scheme, Seed, Span, Template};
use rtest_load::{Load, LoadContext, ResolvedTarget, Transport};
use tokio_util::sync::CancellationToken;

#[derive(Default)]
struct Options {
    workers: Option<usize>,
    pacing: Pacing,
    transport: Transport,
    json: Vec<String>,
    think: Option<Duration>,
}

impl Options {
    fn parse(words: &[String]) -> Result<Self, Box<dyn Error>> {
        let mut options = Self::default();
        for word in words {
            let pacing = Pacing::NAMES.iter().find(|(name, _)| name == word);
            if let Some((_, pacing)) = pacing {
                options.pacing = *pacing;
            } else if word == "general" {
                options.transport = Transport::General;
            } else if word.starts_with('$') {
                options.json.push(word.clone());
            } else if let Some(think) = word.strip_prefix("think=") {
                options.think = Some(parse_duration(think)?);
            } else {
                options.workers = Some(word.parse()?);
            }
        }
        Ok(options)
    }
}

#[derive(Default)]
struct Totals {
    requests: u64,
    failed: u64,
    dropped: u64,
    late: u64,
    response_time: Histogram,
    service_time: Histogram,
    dispatch_lag: Histogram,
    schedule_lag: Histogram,
}

#[derive(Default)]
struct Fold(Mutex<Totals>);

impl EventSink for Fold {
    fn emit(&self, kind: EventKind) {
        let EventKind::LoadTick(tick) = kind else {
            return;
        };
        let mut totals = self.0.lock().expect("no fold panics");
        for series in &tick.series {
            totals.requests += series.response_time.len();
            if series.key.outcome.failed() {
                totals.failed += series.response_time.len();
            }
            totals.response_time.merge(&series.response_time);
            totals.service_time.merge(&series.service_time);
            totals.schedule_lag.merge(&series.schedule_lag);
        }
        for scenario in &tick.scenarios {
            totals.dropped += scenario.dropped;
            totals.late += scenario.late;
            totals.dispatch_lag.merge(&scenario.dispatch_lag);
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [url, model, vus, seconds, options @ ..] = args.as_slice() else {
        return Err("usage: HOST:PORT/PATH closed|RATE VUS SECONDS [OPTION]…".into());
    };
    let options = Options::parse(options)?;
    let (authority, path) = url.split_once('/').ok_or("no path in the URL")?;
    let duration = Duration::from_secs(seconds.parse()?);
    let executor = match model.as_str() {
        "closed" => ExecutorPlan::ConstantVus {
            vus: vus.parse()?,
            duration,
        },
        rate => ExecutorPlan::ConstantArrivalRate {
            rate: parse_rate(rate)?,
            duration,
            max_vus: vus.parse()?,
            arrivals: Arrivals::Even,
        },
    };
    let span = Span::of_flag("generator_cost", url);
    let target = Target::Address {
        scheme: Scheme::Http,
        authority: authority.to_owned(),
        base_path: String::new(),
    };
    let path = Template::parse(&format!("/{path}"))?;
    let mut request = RequestStep::new("GET", path, Duration::from_secs(60));
    for path in &options.json {
        request.checks.push(CheckPlan {
            name: path.clone(),
            expectation: Expectation::Json {
                path: JsonPath::parse(path)?,
                value: ValueMatch::Exists(true),
            },
            span: span.clone(),
        });
    }
    let step = |kind: StepKind| Step {
        kind,
        span: span.clone(),
    };
    let mut flow = vec![step(StepKind::Request(Box::new(request)))];
    flow.extend(
        options
            .think
            .map(|think| step(StepKind::Think(Think::Constant(think)))),
    );
    let scenario = ScenarioPlan {
        name: "cost".to_owned(),
        engine: Engine::default(),
        executor,
        flow,
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::from_secs(5),
        span,
    };
    let plan = LoadPlan {
        tick: Duration::from_secs(1),
        pacing: options.pacing,
        ..LoadPlan::new(target, vec![scenario])
    };
    let clock = Arc::new(MonotonicClock::start());
    let events = Arc::new(Fold::default());
    let context = LoadContext {
        seed: Seed::new(1),
        windows: Arc::new(WindowBoard::default()),
        events: events.clone(),
        control: rtest_load::LoadControl::default(),
        cancel: CancellationToken::new(),
        target: ResolvedTarget::at(authority.parse()?),
        variables: BTreeMap::new(),
        workers: options.workers,
        clock: clock.clone(),
    };
    let load = Load::prepare_over(options.transport, Arc::new(plan), context).await?;
    load.run(clock.now() + Duration::from_millis(20)).await?;

    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let micros = |time: nix::sys::time::TimeVal| time.tv_sec() * 1_000_000 + time.tv_usec();
    let (user, system) = (micros(usage.user_time()), micros(usage.system_time()));
    let totals = events.0.lock().expect("no fold panics");
    let per_request = |micros: i64| micros as f64 / totals.requests.max(1) as f64;
    println!(
        "requests {}  failed {}  dropped {}  late {}",
        totals.requests, totals.failed, totals.dropped, totals.late
    );
    println!(
        "cpu us/request {:.2} (user {:.2}, system {:.2})  context switches {} + {}",
        per_request(user + system),
        per_request(user),
        per_request(system),
        usage.voluntary_context_switches(),
        usage.involuntary_context_switches()
    );
    for (name, histogram) in [
        ("response", &totals.response_time),
        ("service", &totals.service_time),
        ("dispatch lag", &totals.dispatch_lag),
        ("schedule lag", &totals.schedule_lag),
    ] {
        println!(
            "{name} ms: p50 {:.3}  p99 {:.3}  max {:.3}",
            histogram.quantile_ms(0.5),
            histogram.quantile_ms(0.99),
            histogram.max_ms()
        );
    }
    Ok(())
}
