use std::path::PathBuf;
use std::time::Duration;

use rtest_core::event::{EventKind, ServiceState};
use rtest_core::plan::ExecutorPlan;

use super::*;
use crate::live::rehearsal::{Run, START, iterations, plan, under_faults};

fn shown(run: &Run, after: Duration, columns: usize, rows: usize) -> String {
    shown_with(run, after, columns, rows, Wanted::default())
}

fn shown_with(run: &Run, after: Duration, columns: usize, rows: usize, wanted: Wanted) -> String {
    let scene = Scene {
        now: RunTime::from(START + after),
        wanted,
        columns,
        rows,
        has_keys: true,
    };
    let lines = frame(&run.board, scene);
    assert!(lines.len() < rows, "{} lines in {rows} rows", lines.len());
    for line in &lines {
        assert!(line.width() <= columns, "{line:?}");
    }
    let lines: Vec<String> = lines.iter().map(|line| line.paint(false)).collect();
    lines.join("\n") + "\n"
}

/// Against the file of that name; `RTEST_BLESS=1` writes it anew.
#[track_caller]
fn is_golden(name: &str, shown: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crates/cli/src/live/view/golden");
    let file = folder.join(format!("{name}.txt"));
    if std::env::var_os("RTEST_BLESS").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(&file, shown).expect("a golden file");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        golden == shown,
        "{name} is not as before; look at it, then bless with RTEST_BLESS=1:\n{shown}"
    );
}

const NOW: Duration = Duration::from_millis(7600);

#[test]
fn a_wide_terminal_shows_everything() {
    is_golden("faults-100x30", &shown(&under_faults(), NOW, 100, 30));
}

#[test]
fn a_small_terminal_shows_what_matters_most() {
    is_golden("faults-60x15", &shown(&under_faults(), NOW, 60, 15));
    is_golden("faults-40x10", &shown(&under_faults(), NOW, 40, 10));
    // Whatever the size, it fits; `shown` asserts it.
    let run = under_faults();
    for columns in [NARROWEST, 25, 47] {
        for rows in 2..26 {
            shown(&run, NOW, columns, rows);
        }
    }
}

#[test]
fn iterations_are_counted_where_nothing_else_ends_the_load() {
    let shown = shown(&iterations(), Duration::from_millis(12_600), 80, 24);
    is_golden("iterations-80x24", &shown);
}

#[test]
fn what_was_asked_for_is_shown_at_once() {
    let paused = Wanted {
        paused: true,
        rate_scale: 1.2,
        ..Wanted::default()
    };
    let shown = shown_with(&under_faults(), NOW, 100, 12, paused);
    for words in ["paused", "rate × 1.20", "p resume"] {
        assert!(shown.contains(words), "{words} is missing in\n{shown}");
    }
    let stopped = Wanted {
        stopped: true,
        ..Wanted::default()
    };
    let shown = shown_with(&under_faults(), NOW, 100, 12, stopped);
    assert!(shown.contains("stopping"), "{shown}");
}

#[test]
fn before_the_load_the_view_says_what_is_done() {
    let mut run = under_faults();
    run.board.stage = None;
    let starting = EventKind::Service {
        name: "db".to_owned(),
        state: ServiceState::Starting,
    };
    run.event(Duration::ZERO, starting);
    let waiting = shown(&run, Duration::ZERO, 80, 24);
    assert_eq!(waiting, "⠋ starting db  0:02\n");
    let nothing_yet = Run::of(&plan(
        ExecutorPlan::ConstantVus {
            vus: 1,
            duration: Duration::from_secs(1),
        },
        &["p(95)<1"],
        Vec::new(),
    ));
    assert!(shown(&nothing_yet, Duration::ZERO, 80, 24).contains("starting"));
}

#[test]
fn a_gate_that_would_fail_now_is_red_and_one_that_would_hold_is_green() {
    let scene = Scene {
        now: RunTime::from(START + NOW),
        wanted: Wanted::default(),
        columns: 100,
        rows: 40,
        has_keys: false,
    };
    let painted: Vec<String> = frame(&under_faults().board, scene)
        .iter()
        .map(|line| line.paint(true))
        .collect();
    let of = |gate: &str| painted.iter().find(|line| line.contains(gate)).expect(gate);
    assert!(of("http_req_failed").contains("\x1b[31m✗"));
    assert!(of("dropped_iterations").contains("\x1b[32m✓"));
    assert!(
        !painted.iter().any(|line| line.contains("pause")),
        "no keys"
    );
}

#[test]
fn a_terminal_of_any_colour_shows_the_same_words() {
    let run = iterations();
    let scene = Scene {
        now: RunTime::from(START + Duration::from_secs(12)),
        wanted: Wanted::default(),
        columns: 80,
        rows: 24,
        has_keys: true,
    };
    for line in frame(&run.board, scene) {
        let painted = line.paint(true);
        let mut words = String::new();
        let mut pieces = painted.split('\x1b');
        words.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            words.push_str(piece.split_once('m').expect("a colour").1);
        }
        assert_eq!(words, line.paint(false));
    }
}
