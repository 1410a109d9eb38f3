//! What becomes of a timeline: when each fault begins, on what, and what it turns into.

use std::path::Path;
use std::time::Duration;

use rtest_core::plan::{ChaosPlan, FaultTarget, LinkFault};
use rtest_suite::Inputs;

fn chaos() -> ChaosPlan {
    let path = Path::new("tests/suites/every-fault.yaml");
    let suite = rtest_suite::load(path, &Inputs::default()).expect("a valid suite");
    let plan = suite.plan(None, None).expect("every stage");
    plan.chaos.expect("it has a timeline")
}

#[test]
fn each_time_that_something_is_broken_is_a_fault_of_its_own_in_order() {
    let timeline = chaos().timeline;
    let told: Vec<String> = timeline
        .iter()
        .map(|fault| {
            format!(
                "{:?}+{:?} {}: {}: {}",
                fault.at,
                fault.lasting,
                fault.name,
                fault.on(),
                fault.describe()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "1s+500ms kill one of catalog and mail (1): one of catalog, mail: kill",
            "2s+500ms kill one of catalog and mail (2): one of catalog, mail: kill",
            "3s+500ms kill one of catalog and mail (3): one of catalog, mail: kill",
            "3s+1s outage: storefront -> catalog: down",
            "4s+500ms stop catalog: catalog: stop",
            "4.5s+1s latency storefront -> mail: storefront -> mail: latency 10ms to latency 100ms in 4 steps",
            "5s+0ns restart catalog: catalog: restart",
            "6s+1s signal catalog: catalog: signal SIGUSR1",
            "6s+1s disconnect cache: cache: disconnect",
            "7s+500ms naps (1): 50% of storefront, mail: pause",
            "7s+1s limit catalog: catalog: limit to 50% of a core and 64MB of memory",
            "8s+500ms naps (2): 50% of storefront, mail: pause",
            "8s+500ms reset storefront -> catalog: storefront -> catalog: reset",
            "8.6s+400ms loss storefront -> catalog: storefront -> catalog: loss, rate 0.05, retransmit_ms 200, upstream, on 50 %",
            "9s+500ms naps (3): 50% of storefront, mail: pause",
            "9.1s+200ms http storefront -> catalog: storefront -> catalog: http abort 429 on GET or PUT /products/:id with x-user: 7*, the first 3, one in 2, 20 % of them",
            "9.1s+200ms http storefront -> catalog #2: storefront -> catalog: http delay 30ms ± 5ms on GET",
            "9.1s+200ms http storefront -> catalog #3: storefront -> catalog: http delay around 30ms, deviation 5ms on requests",
            "9.1s+200ms http storefront -> catalog #4: storefront -> catalog: http delay of at least 3ms, shape 1.5 on requests",
            "9.1s+200ms http storefront -> catalog #5: storefront -> catalog: http delay p50 1ms, p99.9 30ms on requests",
            "9.1s+200ms http storefront -> catalog #6: storefront -> catalog: http replace status by 200, etag, body on requests",
            "9.1s+200ms http storefront -> catalog #7: storefront -> catalog: http truncate after 100B on requests, 0.5 % of them",
            "9.1s+200ms http storefront -> catalog #8: storefront -> catalog: http host other.example on requests",
            "9.5s+500ms limit catalog #2: catalog: limit to 200% of a core",
            "9.5s+200ms reset storefront -> mail: storefront -> mail: reset",
            "9.7s+200ms down storefront -> mail: storefront -> mail: down",
            "9.9s+100ms reset storefront -> mail #2: storefront -> mail: reset",
            "9.99s+10ms http storefront -> mail: storefront -> mail: http abort 503 on requests, the first 1 of them",
            "9.99s+10ms http storefront -> mail #2: storefront -> mail: http abort 503 on requests, the first 2 of them",
            "9.99s+10ms http storefront -> mail #3: storefront -> mail: http abort 503 on requests, the first 3 of them",
            "9.99s+10ms http storefront -> mail #4: storefront -> mail: http abort 503 on requests, the first 4 of them",
            "9.99s+10ms http storefront -> mail #5: storefront -> mail: http abort 503 on requests, the first 5 of them",
            "9.99s+10ms http storefront -> mail #6: storefront -> mail: http abort 503 on requests, the first 6 of them",
            "9.99s+10ms http storefront -> mail #7: storefront -> mail: http abort 503 on requests, the first 7 of them",
            "9.99s+10ms http storefront -> mail #8: storefront -> mail: http abort 503 on requests, the first 8 of them",
            "9.99s+10ms http storefront -> mail #9: storefront -> mail: http abort 503 on requests, the first 9 of them",
            "9.99s+10ms http storefront -> mail #10: storefront -> mail: http delay as recorded in load.hlog (p50 2.141ms, p99 258.559ms) on requests",
            "9.99s+10ms latency storefront -> mail #2: storefront -> mail: latency as recorded in orders.hlog (p50 4.272ms, p99 377.749ms)",
            "9.99s+10ms latency storefront -> catalog: storefront -> catalog: latency as recorded in load.hlog (p50 2.253ms, p99 258.687ms)",
            "9.99s+10ms http storefront -> catalog #9: storefront -> catalog: http abort 503 on requests",
        ]
    );
    let series: Vec<&str> = timeline.iter().map(|it| it.series.as_str()).collect();
    assert_eq!(series[..3], ["kill one of catalog and mail"; 3]);
    assert_eq!(series[9], "naps");
    assert_eq!(timeline[5].after.as_deref(), Some("outage"));
}

#[test]
fn what_expectations_are_read_from_is_numbered_and_each_names_its_own() {
    let chaos = chaos();
    let names: Vec<&str> = chaos.gauges.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(
        names[..7],
        [
            "the breaker is open",
            "GET /queue $.depth",
            "select count(*) from dead",
            "wc -l queue.txt",
            "GET /queue $.dead_letters",
            "select 1",
            "echo 0",
        ]
    );
    let expected = chaos.timeline.iter().flat_map(|fault| &fault.expect);
    let told: Vec<String> = expected.map(|plan| plan.expected.describe()).collect();
    assert_eq!(
        told[6..14],
        [
            "noticed within 2s",
            "GET /queue $.depth at most 1000, drained within 10s",
            "select count(*) from dead up by at least 1, at most 5",
            "noticed within 2s",
            "wc -l queue.txt at most 10",
            "GET /queue $.dead_letters up by at most 0",
            "select 1 at most 10",
            "echo 0 up by at most 0",
        ]
    );
}

#[test]
fn a_ramp_reaches_its_end_in_even_steps_over_the_time_of_the_fault() {
    let timeline = chaos().timeline;
    let ramp = &timeline[5];
    let millis = |fault: &LinkFault| match fault {
        LinkFault::Latency { latency, .. } => latency.as_millis(),
        _ => panic!("a latency"),
    };
    let FaultTarget::Link { fault: first, .. } = &ramp.target else {
        panic!("on a link");
    };
    assert_eq!(millis(first), 10);
    let steps: Vec<(Duration, u128)> = ramp
        .ramp
        .iter()
        .map(|step| (step.after, millis(&step.fault)))
        .collect();
    let at = Duration::from_millis;
    assert_eq!(steps, [(at(250), 40), (at(500), 70), (at(750), 100)]);
}

#[test]
fn guardrails_are_numbered_bounds_first_then_probes_then_the_switch() {
    let guardrails = chaos().guardrails;
    let names: Vec<String> = guardrails.all().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "http_req_failed rate>0.5",
            "http_req_duration p(99)>2000",
            "GET /health fails",
            "HEAD / fails",
            "OPTIONS / fails",
            "mail is there fails",
            "true fails",
            "true #2 fails",
            "select 1 fails",
            "select 1 #2 fails",
            "select 'a' fails",
            "tests/suites/stop.now is there",
        ]
    );
    assert_eq!(guardrails.min_samples, 50);
    assert_eq!(guardrails.allowed[0].host, "api.staging");
    assert_eq!(guardrails.allowed[0].reason, "agreed with its team");
}

#[test]
fn probes_of_every_kind_have_a_name_that_says_what_they_ask() {
    let names: Vec<String> = chaos().hypothesis.into_iter().map(|it| it.name).collect();
    assert_eq!(
        names,
        [
            "TCP catalog",
            "TCP 127.0.0.1:5432",
            "test -n {{ catalog.url }}",
            "select name, id from users",
            "users",
            "select 'a'",
            "true",
        ]
    );
}
