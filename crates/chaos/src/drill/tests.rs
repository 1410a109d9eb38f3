//! Drills on a paused clock: with real proxies where the fault is the subject, with scripted
//! faults where the drill is.

mod services;
mod watching;

use super::*;
use std::sync::Mutex;
use std::time::Duration;

use rtest_core::event::RollbackProof;
use rtest_core::plan::{
    AnswerPlan, HttpAction, HttpFaultPlan, HttpMatchPlan, LinkFault, RampStep, ToxicPlan,
};
use rtest_core::{Broken, BrokenThing, ControlFuture, Seed, Span};
use rtest_proxy::{ProxyConfig, Stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{advance, sleep, timeout};

use crate::fault::{FaultError, FaultFuture};

const LINK: &str = "storefront -> catalog";

/// The run clock, on the paused timer.
#[derive(Debug)]
struct TimerClock(Instant);

impl Clock for TimerClock {
    fn now(&self) -> RunTime {
        RunTime::from(self.0.elapsed())
    }
}

/// Keeps what happens, with the second in which it did.
#[derive(Debug)]
struct Journal {
    clock: Arc<TimerClock>,
    entries: Mutex<Vec<(f64, EventKind)>>,
}

impl EventSink for Journal {
    fn emit(&self, kind: EventKind) {
        let second = self.clock.now().as_secs_f64();
        // The timer has a resolution of a millisecond.
        let second = (second * 100.0).round() / 100.0;
        self.entries.lock().unwrap().push((second, kind));
    }
}

impl Journal {
    /// In short: `(5.0, "+0")` is the injection of fault 0, `-0` its rollback, `-0!` one that left
    /// something.
    fn short(&self) -> Vec<(f64, String)> {
        let entries = self.entries.lock().unwrap();
        let short = entries.iter().map(|(second, kind)| {
            let text = match kind {
                EventKind::FaultInjected { fault, .. } => format!("+{fault}"),
                EventKind::FaultRolledBack { fault, proof, .. } if proof.clean => {
                    format!("-{fault}")
                }
                EventKind::FaultRolledBack { fault, .. } => format!("-{fault}!"),
                EventKind::Note(note) => note.clone(),
                other => format!("{other:?}"),
            };
            (*second, text)
        });
        short.collect()
    }

    fn proof(&self, of: u16) -> RollbackProof {
        let entries = self.entries.lock().unwrap();
        let mut proofs = entries.iter().filter_map(|(_, kind)| match kind {
            EventKind::FaultRolledBack { fault, proof, .. } if *fault == of => Some(proof.clone()),
            _ => None,
        });
        proofs.next().expect("rolled back")
    }
}

struct Stand {
    journal: Arc<Journal>,
    windows: Arc<WindowBoard>,
    cancel: CancellationToken,
    proxy: Proxy,
}

impl Stand {
    async fn new() -> Self {
        let clock = Arc::new(TimerClock(Instant::now()));
        let config = ProxyConfig {
            name: LINK.to_owned(),
            listen: ([127, 0, 0, 1], 0).into(),
            upstream: None,
            enabled: true,
            seed: Seed::new(42),
            observer: None,
        };
        Self {
            journal: Arc::new(Journal {
                clock: Arc::clone(&clock),
                entries: Mutex::default(),
            }),
            windows: Arc::default(),
            cancel: CancellationToken::new(),
            proxy: Proxy::start(config, clock).await.expect("a free port"),
        }
    }

    fn context(&self) -> DrillContext {
        // The provider may be installed already: tests share the process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        DrillContext {
            clock: Arc::clone(&self.journal.clock) as Arc<dyn Clock>,
            windows: Arc::clone(&self.windows),
            events: Arc::clone(&self.journal) as Arc<dyn EventSink>,
            cancel: self.cancel.clone(),
            proxies: BTreeMap::from([(LINK.to_owned(), self.proxy.clone())]),
            services: None,
            seed: Seed::new(42),
            variables: BTreeMap::new(),
            mark: None,
            journal: None,
            addresses: BTreeMap::new(),
        }
    }

    fn drill(&self, timeline: Vec<FaultPlan>) -> Drill {
        let plan = ChaosPlan {
            hypothesis: Vec::new(),
            timeline,
            ..ChaosPlan::default()
        };
        Drill::new(plan, self.context()).expect("a link that is there")
    }

    /// A drill of scripted faults: begin, length and script of each.
    fn scripted(&self, faults: Vec<(u64, u64, Script)>) -> (Drill, Vec<Arc<Scripted>>) {
        let plans = faults
            .iter()
            .enumerate()
            .map(|(index, (at, lasting, _))| fault(&index.to_string(), *at, *lasting, DOWN));
        let mut drill = self.drill(plans.collect());
        let scripted: Vec<Arc<Scripted>> = faults
            .into_iter()
            .map(|(_, _, script)| Arc::new(Scripted::new(script)))
            .collect();
        for (scene, scripted) in drill.timeline.iter_mut().zip(&scripted) {
            scene.fault = Arc::clone(scripted) as Arc<dyn Fault>;
        }
        (drill, scripted)
    }

    /// Whether a client is accepted; without an upstream it may be reset right after.
    async fn takes_connections(&self) -> bool {
        match TcpStream::connect(self.proxy.listen()).await {
            Ok(_) => true,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }

    fn toxics(&self) -> Vec<String> {
        let toxics = self.proxy.toxics();
        toxics.into_iter().map(|toxic| toxic.name).collect()
    }

    /// Which faults were active in each window, with the second in which it began.
    fn windows(&self) -> Vec<(f64, Vec<u16>)> {
        let windows = self.windows.windows().into_iter();
        windows
            .map(|window| {
                let second = (window.start.as_secs_f64() * 100.0).round() / 100.0;
                (second, window.active)
            })
            .collect()
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Script {
    fails: bool,
    hangs: bool,
    /// So many tries of the rollback leave something.
    unclean_tries: u32,
}

#[derive(Debug)]
struct Scripted {
    script: Script,
    broken: Mutex<bool>,
    tries: Mutex<u32>,
}

impl Scripted {
    fn new(script: Script) -> Self {
        Self {
            script,
            broken: Mutex::new(false),
            tries: Mutex::new(0),
        }
    }

    fn is_broken(&self) -> bool {
        *self.broken.lock().unwrap()
    }
}

impl Fault for Scripted {
    fn inject(&self) -> FaultFuture<'_, Result<(), FaultError>> {
        Box::pin(async {
            *self.broken.lock().unwrap() = true;
            if self.script.hangs {
                std::future::pending::<()>().await;
            }
            if self.script.fails {
                return Err(FaultError("no such thing".to_owned()));
            }
            Ok(())
        })
    }

    fn things(&self) -> Vec<BrokenThing> {
        Vec::new()
    }

    fn roll_back(&self) -> FaultFuture<'_, RollbackProof> {
        Box::pin(async {
            let mut tries = self.tries.lock().unwrap();
            *tries += 1;
            let clean = *tries > self.script.unclean_tries;
            *self.broken.lock().unwrap() = !clean;
            RollbackProof {
                clean,
                seen: format!("try {tries}"),
            }
        })
    }
}

const DOWN: LinkFault = LinkFault::Down;
const SLOW: LinkFault = LinkFault::Latency {
    latency: Duration::from_millis(400),
    jitter: Duration::from_millis(50),
};

fn fault(name: &str, at: u64, lasting: u64, kind: LinkFault) -> FaultPlan {
    FaultPlan {
        name: name.to_owned(),
        series: name.to_owned(),
        at: Duration::from_secs(at),
        lasting: Duration::from_secs(lasting),
        after: None,
        ramp: Vec::new(),
        target: FaultTarget::Link {
            link: LINK.to_owned(),
            fault: kind,
        },
        expect: Vec::new(),
        span: Span::of_flag("timeline", name),
    }
}

fn entries(expected: &[(f64, &str)]) -> Vec<(f64, String)> {
    expected
        .iter()
        .map(|(second, text)| (*second, (*text).to_owned()))
        .collect()
}

fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

#[tokio::test(start_paused = true)]
async fn the_timeline_counts_from_the_start_of_the_load() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("slow", 5, 4, SLOW)]);
    drill.run(RunTime::from(seconds(2.0))).await;
    assert_eq!(stand.journal.short(), entries(&[(7.0, "+0"), (11.0, "-0")]));
    assert_eq!(
        stand.windows(),
        [(0.0, vec![]), (7.0, vec![0]), (11.0, vec![])]
    );
}

#[tokio::test(start_paused = true)]
async fn a_drill_that_begins_after_the_load_makes_up_for_it() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("slow", 5, 4, SLOW)]);
    advance(seconds(3.0)).await;
    drill.run(RunTime::from(seconds(1.0))).await;
    assert_eq!(stand.journal.short(), entries(&[(6.0, "+0"), (10.0, "-0")]));
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_down_refuses_until_the_fault_is_over() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("down", 5, 4, DOWN)]);
    let look = async {
        sleep(seconds(4.9)).await;
        assert!(stand.takes_connections().await);
        sleep(seconds(2.0)).await;
        assert!(!stand.takes_connections().await);
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    assert!(stand.takes_connections().await);
    assert_eq!(
        stand.journal.proof(0),
        RollbackProof {
            clean: true,
            seen: format!(
                "accepts connections, listens on {}, 0 toxics",
                stand.proxy.listen()
            ),
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_link_delays_its_answers_until_the_fault_is_over() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("slow", 5, 4, SLOW)]);
    let look = async {
        sleep(seconds(4.9)).await;
        assert_eq!(stand.toxics(), [""; 0]);
        sleep(seconds(1.0)).await;
        let [toxic] = <[_; 1]>::try_from(stand.proxy.toxics()).expect("one toxic");
        assert_eq!(toxic.name, "slow");
        assert_eq!(toxic.stream, Stream::Downstream);
        let shown = format!("{:?}", toxic.toxic);
        assert!(
            shown.contains("400000") && shown.contains("50000"),
            "{shown}"
        );
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    assert_eq!(stand.toxics(), [""; 0]);
    assert_eq!(
        stand.journal.proof(0).seen,
        format!("listens on {}, 0 toxics", stand.proxy.listen())
    );
}

fn toxic(kind: &'static str, attributes: serde_json::Value) -> LinkFault {
    LinkFault::Toxic(ToxicPlan {
        kind,
        upstream: true,
        toxicity_millionths: 500_000,
        attributes: attributes.as_object().cloned().unwrap_or_default(),
    })
}

#[tokio::test(start_paused = true)]
async fn any_toxic_of_the_proxy_stands_on_a_link_until_the_fault_is_over() {
    let stand = Stand::new().await;
    let loss = toxic("loss", serde_json::json!({ "rate": 0.25 }));
    let drill = stand.drill(vec![fault("lossy", 5, 4, loss)]);
    let look = async {
        sleep(seconds(5.9)).await;
        let [toxic] = <[_; 1]>::try_from(stand.proxy.toxics()).expect("one toxic");
        assert_eq!(
            (toxic.name.as_str(), toxic.stream),
            ("lossy", Stream::Upstream)
        );
        assert_eq!(toxic.toxic.type_name(), "loss");
        assert!(format!("{:?}", toxic.toxic).contains("0.25"), "{toxic:?}");
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    assert_eq!(stand.toxics(), [""; 0]);
    assert!(stand.journal.proof(0).clean);
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_requests_says_when_it_is_over_how_many_it_struck() {
    let stand = Stand::new().await;
    let upstream = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    stand
        .proxy
        .set_upstream(upstream.local_addr().expect("bound").to_string());
    let abort = LinkFault::Http(HttpFaultPlan {
        matching: HttpMatchPlan {
            methods: vec!["GET".to_owned()],
            ..HttpMatchPlan::default()
        },
        percentage: 100.0,
        first: Some(1),
        every: None,
        action: HttpAction::Abort(AnswerPlan {
            status: Some(429),
            ..AnswerPlan::default()
        }),
    });
    let drill = stand.drill(vec![fault("refuses", 5, 4, abort)]);
    let look = async {
        sleep(seconds(5.9)).await;
        let mut client = TcpStream::connect(stand.proxy.listen())
            .await
            .expect("it listens");
        client
            .write_all(b"GET / HTTP/1.1\r\n\r\nPUT / HTTP/1.1\r\n\r\n")
            .await
            .expect("sent");
        let mut answer = [0; 35];
        client.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 429 Too Many Requests\r\ncon");
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    let seen = stand.journal.proof(0).seen;
    assert!(
        seen.ends_with("0 toxics; struck 1 of 2 requests (1 matched)"),
        "{seen}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_toxic_that_cannot_be_is_told_before_anything_is_broken() {
    let stand = Stand::new().await;
    let plan = ChaosPlan {
        timeline: vec![fault(
            "odd",
            5,
            4,
            toxic("loss", serde_json::json!({ "rate": 7 })),
        )],
        ..ChaosPlan::default()
    };
    let error = Drill::new(plan, stand.context()).expect_err("more than all of them");
    assert!(
        error.to_string().starts_with("the fault `odd` cannot be: "),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_link_that_resets_is_seen_to_and_passes_again_afterwards() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("resets", 5, 4, LinkFault::Reset)]);
    let look = async {
        sleep(seconds(5.9)).await;
        assert!(stand.proxy.is_broken_off() && stand.proxy.is_enabled());
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    assert!(!stand.proxy.is_broken_off());
    assert!(stand.journal.proof(0).clean);
}

#[tokio::test(start_paused = true)]
async fn a_link_held_down_by_two_faults_is_up_after_the_last() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![
        fault("first", 1, 3, DOWN),
        fault("second", 2, 4, DOWN),
    ]);
    let look = async {
        sleep(seconds(5.0)).await;
        assert!(!stand.proxy.is_enabled(), "the second still holds it");
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    assert!(stand.proxy.is_enabled());
    assert_eq!(stand.journal.proof(0).seen, "still held down by `second`");
    assert!(stand.journal.proof(1).seen.starts_with("accepts"));
    assert_eq!(
        stand.windows(),
        [
            (0.0, vec![]),
            (1.0, vec![0]),
            (2.0, vec![0, 1]),
            (4.0, vec![1]),
            (6.0, vec![])
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn faults_of_different_and_of_the_same_kind_overlap_on_one_link() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![
        fault("slow", 1, 5, SLOW),
        fault("slower", 2, 2, SLOW),
        fault("down", 3, 2, DOWN),
    ]);
    let look = async {
        sleep(seconds(3.5)).await;
        assert_eq!(stand.toxics(), ["slow", "slower"]);
        assert!(!stand.proxy.is_enabled());
        sleep(seconds(1.0)).await;
        assert_eq!(stand.toxics(), ["slow"]);
        assert!(!stand.proxy.is_enabled());
        sleep(seconds(1.0)).await;
        assert!(stand.proxy.is_enabled());
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    assert_eq!(stand.toxics(), [""; 0]);
    assert!((0..3).all(|fault| stand.journal.proof(fault).clean));
}

#[tokio::test(start_paused = true)]
async fn of_two_faults_in_a_row_the_first_ends_before_the_second_begins() {
    let stand = Stand::new().await;
    let (drill, _) = stand.scripted(vec![
        (5, 2, Script::default()),
        (3, 2, Script::default()),
        (9, 0, Script::default()),
    ]);
    drill.run(RunTime::ZERO).await;
    let expected = [
        (3.0, "+1"),
        (5.0, "-1"),
        (5.0, "+0"),
        (7.0, "-0"),
        (9.0, "+2"),
        (9.0, "-2"),
    ];
    assert_eq!(stand.journal.short(), entries(&expected));
    assert!(stand.windows().iter().all(|(_, active)| active.len() <= 1));
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_takes_long_delays_what_is_on_the_same_link_and_nothing_else() {
    let stand = Stand::new().await;
    let stubborn = Script {
        unclean_tries: 5,
        ..Script::default()
    };
    let (mut drill, _) = stand.scripted(vec![
        (1, 2, stubborn),
        (3, 2, Script::default()),
        (3, 1, Script::default()),
    ]);
    // The last is elsewhere.
    drill.timeline[2].after = Vec::new();
    drill.run(RunTime::ZERO).await;
    let expected = [
        (1.0, "+0"),
        (3.0, "+2"),
        (3.5, "-0"),
        (3.5, "+1"),
        (4.0, "-2"),
        (5.5, "-1"),
    ];
    assert_eq!(
        stand.journal.short(),
        entries(&expected),
        "and it lasts as long as it is to"
    );
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_another_waits_for_it_wherever_it_is() {
    let mut second = fault("second", 4, 1, DOWN);
    let first = fault("first", 1, 3, DOWN);
    assert_eq!(
        predecessors(&[first.clone(), second.clone()]),
        [vec![], vec![0]]
    );
    second.target = FaultTarget::Link {
        link: "elsewhere".to_owned(),
        fault: DOWN,
    };
    assert_eq!(
        predecessors(&[first.clone(), second.clone()]),
        [vec![0_usize; 0], vec![]]
    );
    second.after = Some("first".to_owned());
    assert_eq!(predecessors(&[first, second]), [vec![], vec![0]]);
}

#[tokio::test(start_paused = true)]
async fn a_ramp_changes_the_latency_in_steps_within_one_window() {
    let stand = Stand::new().await;
    let mut ramp = fault("ramp", 1, 3, SLOW);
    ramp.ramp = [(1, 500), (2, 600)]
        .map(|(after, latency)| RampStep {
            after: Duration::from_secs(after),
            fault: LinkFault::Latency {
                latency: Duration::from_millis(latency),
                jitter: Duration::ZERO,
            },
        })
        .to_vec();
    let drill = stand.drill(vec![ramp]);
    let latency = || format!("{:?}", stand.proxy.toxics()[0].toxic);
    let look = async {
        for (second, micros) in [(1.5, "400000"), (2.5, "500000"), (3.5, "600000")] {
            sleep(seconds(second) - stand.journal.clock.0.elapsed()).await;
            assert!(latency().contains(micros), "{second}: {}", latency());
        }
    };
    tokio::join!(drill.run(RunTime::ZERO), look);
    assert_eq!(stand.journal.short(), entries(&[(1.0, "+0"), (4.0, "-0")]));
    assert!(stand.journal.proof(0).clean && stand.toxics().is_empty());
}

#[tokio::test(start_paused = true)]
async fn cancelling_rolls_everything_back_and_injects_nothing_more() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![
        fault("slow", 1, 9, SLOW),
        fault("down", 2, 9, DOWN),
        fault("later", 5, 1, DOWN),
    ]);
    let interrupt = async {
        sleep(seconds(3.0)).await;
        stand.cancel.cancel();
    };
    tokio::join!(drill.run(RunTime::ZERO), interrupt);
    let mut story = stand.journal.short();
    story[2..].sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(
        story,
        entries(&[(1.0, "+0"), (2.0, "+1"), (3.0, "-0"), (3.0, "-1")])
    );
    assert!(stand.proxy.is_enabled() && stand.toxics().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_run_is_rolled_back_too() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("slow", 1, 9, SLOW), fault("down", 2, 9, DOWN)]);
    assert!(
        timeout(seconds(3.0), drill.run(RunTime::ZERO))
            .await
            .is_err()
    );
    drill.after().await;
    let mut rolled_back = stand.journal.short().split_off(2);
    rolled_back.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(rolled_back, entries(&[(3.0, "-0"), (3.0, "-1")]));
    assert!(stand.proxy.is_enabled() && stand.toxics().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_cannot_be_injected_is_reported_and_the_drill_goes_on() {
    let stand = Stand::new().await;
    let fails = Script {
        fails: true,
        ..Script::default()
    };
    let (drill, faults) = stand.scripted(vec![(1, 2, fails), (5, 1, Script::default())]);
    drill.run(RunTime::ZERO).await;
    let expected = [
        (1.0, "+0"),
        (1.0, "the fault `0` could not be injected: no such thing"),
        (1.0, "-0!"),
        (5.0, "+1"),
        (6.0, "-1"),
    ];
    assert_eq!(stand.journal.short(), entries(&expected));
    assert_eq!(
        stand.journal.proof(0).seen,
        "it never took effect: no such thing; try 1"
    );
    assert!(!faults[0].is_broken(), "what it had broken is mended");
}

#[tokio::test(start_paused = true)]
async fn two_faults_of_one_name_on_one_link_are_one_fault_and_one_failure() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("slow", 1, 4, SLOW), fault("slow", 2, 1, SLOW)]);
    drill.run(RunTime::ZERO).await;
    let failed = stand.journal.proof(1);
    assert!(
        !failed.clean && failed.seen.contains("`slow` already"),
        "{failed:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_injection_that_hangs_is_cut_off() {
    let stand = Stand::new().await;
    let hangs = Script {
        hangs: true,
        ..Script::default()
    };
    let (drill, faults) = stand.scripted(vec![(1, 2, hangs)]);
    drill.run(RunTime::ZERO).await;
    assert_eq!(
        stand.journal.proof(0).seen,
        "it never took effect: it took longer than 5s; try 1"
    );
    assert!(!faults[0].is_broken());
}

#[tokio::test(start_paused = true)]
async fn cancelling_cuts_off_an_injection_and_mends_what_it_had_broken() {
    let stand = Stand::new().await;
    let hangs = Script {
        hangs: true,
        ..Script::default()
    };
    let (drill, faults) = stand.scripted(vec![(1, 2, hangs)]);
    let interrupt = async {
        sleep(seconds(2.0)).await;
        assert!(faults[0].is_broken());
        stand.cancel.cancel();
    };
    tokio::join!(drill.run(RunTime::ZERO), interrupt);
    assert_eq!(stand.journal.short().len(), 2);
    assert!(!faults[0].is_broken());
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_leaves_something_is_tried_again() {
    let stand = Stand::new().await;
    let stubborn = Script {
        unclean_tries: 3,
        ..Script::default()
    };
    let (drill, faults) = stand.scripted(vec![(1, 2, stubborn)]);
    drill.run(RunTime::ZERO).await;
    assert_eq!(
        stand.journal.short(),
        entries(&[(1.0, "+0"), (3.3, "-0")]),
        "the window closes when it is mended, not when it was to be"
    );
    assert!(!faults[0].is_broken());
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_never_succeeds_is_reported_as_such() {
    let stand = Stand::new().await;
    let hopeless = Script {
        unclean_tries: u32::MAX,
        ..Script::default()
    };
    let (drill, faults) = stand.scripted(vec![(1, 2, hopeless)]);
    drill.run(RunTime::ZERO).await;
    assert!(!stand.journal.proof(0).clean);
    assert!(faults[0].is_broken());
}

#[tokio::test(start_paused = true)]
async fn a_fault_on_a_link_that_is_not_there_is_refused() {
    let stand = Stand::new().await;
    let plan = ChaosPlan {
        hypothesis: Vec::new(),
        timeline: vec![FaultPlan {
            target: FaultTarget::Link {
                link: "storefront -> db".to_owned(),
                fault: DOWN,
            },
            ..fault("down", 1, 1, DOWN)
        }],
        ..ChaosPlan::default()
    };
    let refused = Drill::new(plan, stand.context()).expect_err("no such link");
    assert_eq!(
        refused.to_string(),
        "the fault `down` is on the link `storefront -> db`, which has no proxy"
    );
}

#[tokio::test(start_paused = true)]
async fn a_drill_runs_as_a_task_of_any_thread() {
    let stand = Stand::new().await;
    let drill = stand.drill(vec![fault("slow", 1, 1, SLOW)]);
    let all = tokio::spawn(async move {
        drill.before().await && {
            drill.run(RunTime::ZERO).await;
            drill.after().await
        }
    });
    assert!(all.await.expect("without a panic"), "no probe failed");
    assert_eq!(stand.journal.short().len(), 2);
}

/// A journal that notes what it is told, with what the link was like then; or one that is full.
#[derive(Debug)]
struct Notes {
    proxy: Proxy,
    is_full: bool,
    told: Mutex<Vec<String>>,
}

impl UndoJournal for Notes {
    fn broken(&self, entry: Broken) -> ControlFuture<'_, Result<(), String>> {
        let listen = self.proxy.listen().to_string();
        assert_eq!(entry.things, [BrokenThing::Link { listen }]);
        let up = self.proxy.is_enabled();
        let told = format!("{} {}, up {up}", entry.name, entry.what);
        self.told.lock().unwrap().push(told);
        let full = self.is_full.then(|| "no space left".to_owned());
        Box::pin(std::future::ready(full.map_or(Ok(()), Err)))
    }

    fn mended(&self, fault: u16, clean: bool, _: String) -> ControlFuture<'_, ()> {
        let up = self.proxy.is_enabled();
        let told = format!("mended {fault} {clean}, up {up}");
        self.told.lock().unwrap().push(told);
        Box::pin(std::future::ready(()))
    }
}

async fn journalled(is_full: bool) -> (Stand, Vec<String>) {
    let stand = Stand::new().await;
    let notes = Arc::new(Notes {
        proxy: stand.proxy.clone(),
        is_full,
        told: Mutex::default(),
    });
    let context = DrillContext {
        journal: Some(Arc::clone(&notes) as Arc<dyn UndoJournal>),
        ..stand.context()
    };
    let plan = ChaosPlan {
        timeline: vec![fault("gone", 1, 1, DOWN)],
        ..ChaosPlan::default()
    };
    let drill = Drill::new(plan, context).expect("a link that is there");
    drill.run(RunTime::ZERO).await;
    let told = std::mem::take(&mut *notes.told.lock().unwrap());
    (stand, told)
}

#[tokio::test(start_paused = true)]
async fn what_is_broken_is_written_down_before_and_what_is_mended_after() {
    let (_, told) = journalled(false).await;
    assert_eq!(told, ["gone down, up true", "mended 0 true, up true"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_broken_that_cannot_be_written_down() {
    let (stand, told) = journalled(true).await;
    assert_eq!(told[0], "gone down, up true");
    let proof = stand.journal.proof(0);
    assert!(!proof.clean);
    assert!(
        proof
            .seen
            .contains("the undo journal cannot be written: no space left"),
        "{proof:?}"
    );
}
