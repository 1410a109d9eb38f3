//! What is asked while load runs, and what ends a drill: on a paused clock, with a scripted probe.

use rtest_core::plan::{Continuously, GuardrailsPlan, KillSwitch};

use super::*;
use crate::gauge::Gauges;
use crate::guard::Guard;
use crate::hypothesis::Asked;
use crate::probe::Probe;

/// Holds, but for these seconds.
#[derive(Debug)]
struct Fails {
    clock: Arc<TimerClock>,
    from: f64,
    to: f64,
}

impl Probe for Fails {
    fn expected(&self) -> String {
        "well".to_owned()
    }

    fn ask(&self) -> FaultFuture<'_, Result<(), String>> {
        let now = self.clock.now().as_secs_f64();
        let fails = (self.from..self.to).contains(&now);
        Box::pin(std::future::ready(if fails {
            Err("unwell".to_owned())
        } else {
            Ok(())
        }))
    }
}

fn asked(stand: &Stand, (from, to): (f64, f64), continuously: Option<Continuously>) -> Hypothesis {
    Hypothesis::of(vec![Asked {
        index: 0,
        continuously,
        probe: Arc::new(Fails {
            clock: Arc::clone(&stand.journal.clock),
            from,
            to,
        }),
    }])
}

/// The seconds in which the probe was asked, `!` where it did not hold; a fault lasts from 3.5 to 6.5.
async fn watched(fails: (f64, f64), when: Continuously) -> Vec<String> {
    let stand = Stand::new().await;
    let mut drill = stand.drill(vec![fault("down", 3, 3, DOWN)]);
    drill.hypothesis = asked(&stand, fails, Some(when));
    let load = async {
        drill.run(RunTime::from(seconds(0.5))).await;
        sleep(seconds(7.0)).await;
    };
    tokio::select! {
        () = load => {}
        () = drill.watch() => panic!("it has no end"),
    }
    let told = stand.journal.entries.lock().unwrap();
    let told = told.iter().filter_map(|(second, kind)| match kind {
        EventKind::ProbeEvaluated {
            side: ProbeSide::During,
            result,
            ..
        } => {
            let sign = if result.held { "" } else { "!" };
            Some(format!("{second:.0}{sign}"))
        }
        _ => None,
    });
    told.collect()
}

#[tokio::test(start_paused = true)]
async fn a_probe_is_asked_every_second_while_nothing_is_broken() {
    let told = watched((0.0, 0.0), Continuously::OutsideFaults).await;
    assert_eq!(told, ["1", "2", "3", "7", "8", "9", "10", "11", "12", "13"]);
    let told = watched((1.5, 2.5), Continuously::OutsideFaults).await;
    assert_eq!(told[..3], ["1", "2!", "3"]);
}

#[tokio::test(start_paused = true)]
async fn what_expectations_are_read_from_is_read_five_times_a_second() {
    let stand = Stand::new().await;
    let mut drill = stand.drill(Vec::new());
    drill.gauges = Gauges::of(Arc::new(Fails {
        clock: Arc::clone(&stand.journal.clock),
        from: 1.0,
        to: 2.0,
    }));
    tokio::select! {
        () = sleep(seconds(3.1)) => {}
        () = drill.watch() => panic!("it has no end"),
    }
    let told = stand.journal.entries.lock().unwrap();
    let readings: Vec<f64> = told
        .iter()
        .filter_map(|(_, kind)| match kind {
            EventKind::GaugeRead { gauge: 0, reading } => reading.clone().ok(),
            _ => None,
        })
        .collect();
    let expected = [vec![1.0; 5], vec![0.0; 5], vec![1.0; 6]].concat();
    assert_eq!(readings, expected);
}

#[tokio::test(start_paused = true)]
async fn after_a_fault_a_probe_has_a_while_to_hold_again_and_then_no_more() {
    let told = watched((3.6, 8.5), Continuously::OutsideFaults).await;
    assert_eq!(
        told[..4],
        ["1", "2", "3", "9"],
        "it took until 9 to recover"
    );
    let told = watched((3.6, 99.0), Continuously::OutsideFaults).await;
    assert_eq!(told, ["1", "2", "3", "12!", "13!"], "it never did");
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_always_holds_is_asked_during_faults_too() {
    let told = watched((4.5, 6.5), Continuously::Always).await;
    assert_eq!(told[..8], ["1", "2", "3", "4", "5!", "6!", "7", "8"]);
}

fn guard(stand: &Stand, fails: (f64, f64), switch: Option<&std::path::Path>) -> Guard {
    let plan = GuardrailsPlan {
        kill_switch: switch.map(|path| KillSwitch {
            path: path.to_owned(),
            span: Span::of_flag("kill_switch", ""),
        }),
        ..GuardrailsPlan::default()
    };
    let variables = BTreeMap::new();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let means = Means {
        client: probe::client().expect("a client"),
        addresses: &BTreeMap::new(),
        variables: &variables,
        mark: None,
    };
    let guard = Guard::new(&plan, &means).expect("a plan");
    guard.with_probes(asked(stand, fails, None))
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_twice_in_a_row_ends_the_drill_and_once_does_not() {
    let stand = Stand::new().await;
    let tripped = timeout(seconds(60.0), guard(&stand, (4.5, 5.5), None).tripped()).await;
    assert!(tripped.is_err(), "once");
    let (index, observed) = guard(&stand, (70.0, 99.0), None).tripped().await;
    assert_eq!(
        (index, observed.as_str()),
        (0, "failed 2 times in a row: unwell")
    );
    let second = stand.journal.clock.now().as_secs_f64();
    assert!((70.0..72.5).contains(&second), "{second}");
}

#[tokio::test]
async fn a_kill_switch_ends_the_drill_by_being_there() {
    let stand = Stand::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("stop");
    let guard = guard(&stand, (0.0, 0.0), Some(&path));
    let not_yet = timeout(seconds(0.5), guard.tripped()).await;
    assert!(not_yet.is_err());
    std::fs::write(&path, "").expect("written");
    let (index, observed) = guard.tripped().await;
    assert_eq!((index, observed.as_str()), (0, "somebody has put it there"));
}
