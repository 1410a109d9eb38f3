use std::time::Duration;

use rtest_core::Histogram;
use rtest_core::clock::RunTime;
use rtest_core::event::EventKind;
use rtest_core::plan::Stage;
use rtest_core::sample::{GroupTick, LoadTick, MetricTick, MetricValues, Outcome};
use rtest_core::window::WindowId;
use rtest_metrics::record::{Host, LoadHeader, MetricHeader, PartHeader};

use super::scene::Scene;
use crate::traffic::{Answer, Traffic, noise};

const SUITE: &str = r#"name: a customer's journey
load:
  target: http://shop.test
  metrics:
    coupons: counter
    basket: gauge
    in_stock: rate
    render_time: { trend: time }
    items: trend
    refunds: counter
    returns: trend
  scenarios:
    browse:
      executor: constant-arrival-rate
      rate: 200/s
      duration: 10s
      flow:
        - get: /products/{{ iteration }}
        - group: search
          steps: [{ get: /search }]
        - group: checkout
          steps:
            - post: /orders
            - group: pay
              steps:
                - post: /payments
                  check: { status: 201 }
  thresholds:
    "group_duration{group:::checkout::pay}": ["p(95)<100"]
    "http_req_duration{group:::checkout::pay}": ["p(95)<50"]
    render_time: ["p(99)<80"]
    items: ["avg<4"]
    basket: ["max<=9"]
    in_stock: ["rate>0.9"]
    coupons: ["count>100"]
    refunds: ["count<1"]
    http_req_failed: ["count<10"]
    checks: ["rate>0.9"]
"#;

/// Merged from three parts: nested groups, metrics of the suite's own, a rate that is counted.
pub(crate) fn journey() -> Scene {
    let mut scene = Scene::new("a customer's journey", "suites/journey.yaml", SUITE);
    scene.load(
        &[
            (
                "group_duration{group:::checkout::pay} p(95)<100",
                "p(95)<100",
            ),
            (
                "http_req_duration{group:::checkout::pay} p(95)<50",
                "p(95)<50",
            ),
            ("render_time p(99)<80", "p(99)<80"),
            ("items avg<4", "avg<4"),
            ("basket max<=9", "max<=9"),
            ("in_stock rate>0.9", "rate>0.9"),
            ("coupons count>100", "count>100"),
            ("refunds count<1", "count<1"),
            ("http_req_failed count<10", "count<10"),
            ("checks rate>0.9", "checks: [\"rate>0.9\""),
        ],
        &[
            ("GET /products/:iteration", &[]),
            ("GET /search", &[]),
            ("POST /orders", &[]),
            ("POST /payments", &[("status 201", "status: 201")]),
        ],
    );
    let load = scene.header.load.take().expect("load");
    scene.header.load = Some(grouped(&scene, load));
    scene.header.parts = (0..3)
        .map(|part| PartHeader {
            shard: format!("{}/3", part + 1),
            run_id: format!("20260301-101500-4{part}"),
            host: Host {
                cpu: format!("Example CPU of machine {part}"),
                ..scene.header.host.clone()
            },
            began_after_ms: part * 40,
        })
        .collect();
    scene.stage(Stage::Load, 0.1, 10.4);
    scene.traffic(&Traffic {
        start: 0.15,
        seconds: 10.0,
        rate: 200.0,
        workers: 3,
        faults: Vec::new(),
        proofs: Vec::new(),
        answer: Box::new(answer),
    });
    for event in &mut scene.events {
        match &mut event.kind {
            EventKind::LoadTick(tick) => measured(tick),
            EventKind::GeneratorHealth(health) => {
                health.busiest_worker = 0.3 + health.cpu_share;
                health.waited_for_core = 0.01;
                health.local_ports = 140;
                health.local_ports_limit = 28_232;
            }
            _ => {}
        }
    }
    scene
}

fn grouped(scene: &Scene, mut load: LoadHeader) -> LoadHeader {
    let metrics = [
        ("coupons", "counter", false),
        ("basket", "gauge", false),
        ("in_stock", "rate", false),
        ("render_time", "trend", true),
        ("items", "trend", false),
        ("refunds", "counter", false),
        ("returns", "trend", false),
    ];
    load.metrics = metrics
        .map(|(name, kind, is_time)| MetricHeader {
            name: name.to_owned(),
            kind: kind.to_owned(),
            is_time,
            span: scene.span(&format!("{name}:")),
        })
        .into();
    let browse = &mut load.scenarios[0];
    browse.description = "200/s for 10s, at most 80 VUs".to_owned();
    browse.ends_ms = Some(10_000);
    browse.groups = ["search", "checkout", "checkout::pay"]
        .map(String::from)
        .into();
    for (step, group) in [(1, "search"), (2, "checkout"), (3, "checkout::pay")] {
        browse.steps[step].group = group.to_owned();
    }
    load
}

fn answer(_: f64, slot: u64) -> Answer {
    let step = (slot % 10).saturating_sub(6) as u16;
    let failed = slot % 400 == 399;
    Answer {
        step,
        outcome: Outcome::Status(match (failed, step) {
            (true, _) => 502,
            (false, 3) => 201,
            _ => 200,
        }),
        lag_us: 50,
        service_us: 3_000 + 4_000 * u64::from(step) + (noise(slot) * 9_000.0) as u64,
        checks: if step == 3 { vec![!failed] } else { Vec::new() },
        example: failed.then(|| "POST /payments: status 502".to_owned()),
    }
}

/// What a worker would have added to groups and metrics.
fn measured(tick: &mut LoadTick) {
    let window = WindowId(0);
    let (from, seed) = (
        tick.from,
        tick.from.as_nanos() / 1000 + u64::from(tick.worker),
    );
    let wobble = move |n: u64| noise(seed + n);
    for (group, base) in [(0_u16, 8.0), (1, 900.0), (2, 20.0)] {
        let mut duration = Histogram::default();
        for n in 0..20 {
            duration.record(Duration::from_secs_f64((base + 40.0 * wobble(n)) / 1e3));
        }
        tick.groups.push(GroupTick {
            scenario: 0,
            group,
            window,
            duration,
        });
    }
    let mut times = Histogram::default();
    let mut items = Histogram::default();
    for n in 0..40 {
        times.record_number(12.0 + 50.0 * wobble(n));
        items.record_number((1.0 + 4.0 * wobble(n)).floor());
    }
    let level = (2.0 + 6.0 * wobble(0)).floor();
    let last: (RunTime, f64) = (from + Duration::from_millis(700), level);
    let values = [
        (0, 2, MetricValues::Counter(4.0 + (3.0 * wobble(1)).floor())),
        (
            1,
            2,
            MetricValues::Gauge {
                min: 1.0,
                max: level + 1.0,
                last,
            },
        ),
        (
            2,
            0,
            MetricValues::Rate {
                trues: 39,
                total: 40,
            },
        ),
        (3, 1, MetricValues::Trend(times)),
        (4, 2, MetricValues::Trend(items)),
    ];
    tick.metrics = values
        .into_iter()
        .map(|(metric, step, values)| MetricTick {
            metric,
            scenario: 0,
            step,
            window,
            values,
        })
        .collect();
}
