//! What is written is what is read.

use rtest_core::Secrets;
use rtest_core::event::{Event, EventKind, RollbackProof, ServiceState};
use rtest_core::sample::{ErrorExample, ErrorKind, Outcome};
use rtest_core::window::WindowId;
use rtest_metrics::record::{EntryKind, FaultHeader, RecordWriter, read};
use rtest_metrics::{Outcome as RunOutcome, Verdict};

use crate::recording::{at, header, own, series, span, tick, write};

#[test]
fn a_record_that_is_read_equals_the_record_that_was_written() {
    let mut events = vec![
        (
            0,
            EventKind::Service {
                name: "catalog".into(),
                state: ServiceState::Starting,
            },
        ),
        (
            1000,
            tick(0, 0, vec![series(Outcome::Status(200), 0, 1..500)]),
        ),
        (
            1000,
            tick(1, 0, vec![series(Outcome::Status(200), 0, 1..400)]),
        ),
        (
            1500,
            EventKind::FaultInjected {
                fault: 0,
                window: WindowId(1),
            },
        ),
        (
            2000,
            tick(
                0,
                1,
                vec![series(Outcome::Error(ErrorKind::Timeout), 1, 100..200)],
            ),
        ),
        (
            2500,
            EventKind::FaultRolledBack {
                fault: 0,
                window: WindowId(2),
                proof: RollbackProof {
                    clean: true,
                    seen: "0 toxics".into(),
                },
            },
        ),
        (2550, own(0)),
        (2550, own(1)),
        (2600, EventKind::Note("a note with hunter2hunter2".into())),
    ];
    events.push((3000, tick(0, 2, vec![series(Outcome::Status(503), 2, [7])])));
    events.push((
        3100,
        EventKind::LoadAborted {
            threshold: 0,
            observed: 0.1 + 0.2,
        },
    ));
    let mut plan = header(&["http_req_duration p(95)<300"]);
    plan.faults.push(FaultHeader {
        name: "slow".into(),
        series: None,
        target: "a -> b".into(),
        links: Vec::new(),
        expect: Vec::new(),
        description: "latency".into(),
        answers: None,
        at_ms: 1500,
        for_ms: 1000,
        span: span(20),
    });
    let (folder, written) = write(plan, events);
    let reread = read(folder.path()).expect("readable");
    assert_eq!(reread, written);
    assert_eq!(Verdict::of(&reread), Verdict::of(&written));
    assert_eq!(written.notes[0].1, "a note with [redacted]");
    for file in std::fs::read_dir(folder.path()).expect("folder") {
        let text = std::fs::read_to_string(file.expect("entry").path()).expect("text");
        assert!(!text.contains("hunter2"), "a secret was written");
    }
}

#[test]
fn a_record_cut_off_anywhere_is_read_as_far_as_it_goes_and_never_passes() {
    let events = (0..5)
        .map(|second| {
            (
                second * 1000 + 1000,
                tick(0, second, vec![series(Outcome::Status(200), 0, 1..50)]),
            )
        })
        .collect();
    let (folder, _) = write(header(&[]), events);
    let path = folder.path().join("events.jsonl");
    let whole = std::fs::read(&path).expect("events");
    for cut in (0..whole.len()).step_by(97) {
        std::fs::write(&path, &whole[..cut]).expect("writable");
        let record = read(folder.path()).expect("readable as far as it goes");
        assert_eq!(
            Verdict::of(&record).outcome,
            RunOutcome::Interrupted,
            "cut at {cut}"
        );
    }
}

#[test]
fn secrets_that_look_like_the_records_own_words_are_redacted_and_break_nothing() {
    for secret in [
        "load_tick",
        "name",
        "0000",
        "seed",
        "quo\"te\\back",
        "line one\nline two",
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut secrets = Secrets::default();
        secrets.add(secret);
        let mut plan = header(&[]);
        plan.command = format!("rtest load --header 'x: {secret}'");
        let mut writer = RecordWriter::create(folder.path(), plan, secrets).expect(secret);
        let EventKind::LoadTick(mut load) =
            tick(0, 0, vec![series(Outcome::Status(200), 0, 1..500)])
        else {
            unreachable!("tick() makes load ticks")
        };
        let key = load.series[0].key;
        load.examples.push(ErrorExample {
            key,
            message: format!("the server said {secret}"),
        });
        for kind in [
            EventKind::Note(format!("saw {secret}.")),
            EventKind::LoadTick(load),
        ] {
            writer
                .event(&mut Event { at: at(1000), kind })
                .expect(secret);
        }
        writer.entry(at(2000), EntryKind::Ended).expect(secret);
        let live = writer.record().clone();
        assert_eq!(live.notes[0].1, "saw [redacted].", "{secret}");
        let examples = &live.load.as_ref().expect("load").examples;
        assert_eq!(
            examples[0].message, "the server said [redacted]",
            "{secret}"
        );
        assert_eq!(
            live.header.command, "rtest load --header 'x: [redacted]'",
            "{secret}"
        );
        assert_eq!(read(folder.path()).expect(secret), live, "{secret}");
    }
}
