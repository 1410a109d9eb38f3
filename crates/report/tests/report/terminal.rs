use rtest_core::event::{EventKind, InteractionOutcome, ProbeSide};
use rtest_metrics::Verdict;
use rtest_report::terminal::{Style, render};

use crate::scenes::{self, Scene};

fn page(scene: &Scene, colour: bool, width: usize) -> String {
    let record = scene.record();
    let style = Style {
        colour,
        width: Some(width),
    };
    render(&record, &Verdict::of(&record), style)
}

/// Without ANSI colours.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        rest = after.split_once('m').expect("a colour code ends in m").1;
    }
    out + rest
}

#[test]
fn colour_adds_colour_and_nothing_else() {
    for (name, scene) in scenes::all().into_iter().chain(scenes::recorded()) {
        let coloured = page(&scene, true, 100);
        assert!(coloured.contains('\u{1b}'), "{name}");
        let without = page(&scene, false, 100);
        assert!(!without.contains('\u{1b}'), "{name}");
        // The badge stands in brackets where it cannot stand in colour.
        let (coloured, without) = (plain(&coloured), without.replacen(['[', ']'], " ", 2));
        assert_eq!(coloured, without, "{name}");
    }
}

#[test]
fn tables_fit_the_terminal() {
    let scene = scenes::quickstart();
    for width in [60, 80, 100, 160] {
        let page = page(&scene, false, width);
        let too_wide: Vec<&str> = page
            .lines()
            .filter(|line| line.chars().count() > width.max(60))
            .collect();
        assert!(too_wide.is_empty(), "{width}: {too_wide:#?}");
    }
}

#[test]
fn a_green_run_is_read_without_scrolling_far() {
    let lines = page(&scenes::quickstart(), false, 100).lines().count();
    assert!((30..=65).contains(&lines), "{lines}");
}

#[test]
fn what_failed_comes_first_and_points_at_its_line() {
    let canary = scenes::canary();
    let page = page(&canary, false, 100);
    let at = |words: &str| {
        page.find(words)
            .unwrap_or_else(|| panic!("{words}\n{page}"))
    };
    assert!(page.starts_with("[FAILED] canary\n"));
    assert!(at("expected  p(95) < 300 ms") < at("observed  744.4 ms"));
    assert!(at("✗ threshold") < at("✓ traffic"));
    assert!(at("✗ contract") < at("LOAD"));
    for place in [
        "--> suites/canary-fails.yaml:20:25\n    20 |     http_req_duration: [\"p(95)<300\"",
        "--> suites/pacts/web-storefront.json:12:28\n      12 |         \"body\": { \"id\": 7, \"email\"",
        "GET /health (after the faults)",
        "replay: rtest sim fixtures/sims/retry.mjs --seed 17",
    ] {
        at(place);
    }
}

#[test]
fn a_cut_off_run_says_so_and_still_shows_what_there_was() {
    let cut_off = scenes::cut_off();
    let page = page(&cut_off, false, 100);
    assert!(page.starts_with("[INTERRUPTED]"), "{page}");
    assert!(page.contains("rtest was killed"), "{page}");
    assert!(page.contains("F1 latency 400ms ± 50ms"), "{page}");
}

#[test]
fn a_hostile_server_cannot_write_to_the_terminal() {
    let page = page(&scenes::hostile(), false, 100);
    for acted_on in ['\u{1b}', '\0', '\r', '\u{202e}'] {
        assert!(!page.contains(acted_on), "{acted_on:?}");
    }
    assert!(page.contains("␛[31m"));
    let longest = page.lines().map(|line| line.chars().count()).max();
    assert!(longest.is_some_and(|longest| longest < 600), "{longest:?}");
}

#[test]
fn what_is_violated_alike_under_several_faults_is_told_once_with_all_of_them() {
    let mut scene = scenes::contracts_only();
    let events = scene.events.iter();
    let violated = events.filter_map(|event| match &event.kind {
        EventKind::Interaction(result) => match &result.outcome {
            InteractionOutcome::Mismatched(_) => Some(result.clone()),
            _ => None,
        },
        _ => None,
    });
    let [violated] = &violated.collect::<Vec<_>>()[..] else {
        panic!("one interaction is mismatched");
    };
    for (fault, mismatches) in [("reset", 1), ("latency 9s", 1), ("latency 5s", 2)] {
        let mut result = violated.clone();
        result.under = Some(format!("storefront -> catalog {fault}"));
        if let InteractionOutcome::Mismatched(all) = &mut result.outcome {
            all.truncate(mismatches);
        }
        scene.at(0.085, EventKind::Interaction(result));
    }
    let page = page(&scene, false, 100);
    let told = |words: &str| page.matches(words).count();
    // The one with two differences is alike to what was found with nothing broken.
    assert_eq!(
        told("and so    under storefront -> catalog latency 5s"),
        1,
        "{page}"
    );
    let titled = page
        .lines()
        .filter(|line| line.starts_with("✗ contract") && line.ends_with("-> catalog reset"));
    assert_eq!(titled.count(), 1, "{page}");
    assert_eq!(told("and so    under storefront -> catalog latency 9s"), 1);
    assert_eq!(told("- status: the status differs"), 2, "{page}");
}

#[test]
fn many_failures_are_summed_up() {
    let mut scene = scenes::quickstart();
    let contract = scene
        .events
        .iter()
        .find_map(|event| match &event.kind {
            rtest_core::event::EventKind::Interaction(result) => Some((event.at, result.clone())),
            _ => None,
        })
        .expect("an interaction");
    for index in 0..200 {
        let mut result = contract.1.clone();
        result.description = format!("request {index}");
        result.outcome = rtest_core::event::InteractionOutcome::Failed("no answer".to_owned());
        scene.events.push(rtest_core::Event {
            at: contract.0,
            kind: rtest_core::event::EventKind::Interaction(result),
        });
    }
    let page = page(&scene, false, 100);
    assert!(page.contains("… and 160 more gates; the HTML report has them all"));
    assert!(page.lines().count() < 250, "{}", page.lines().count());
    assert!(page.contains("2 of 202 verified"));
}

#[test]
fn a_file_is_cut_at_no_width() {
    let mut scene = scenes::contracts_only();
    let long = format!("a request {} to the end", "of many words".repeat(60));
    for event in &mut scene.events {
        if let EventKind::Interaction(result) = &mut event.kind {
            result.description.clone_from(&long);
            if let InteractionOutcome::Mismatched(all) = &mut result.outcome {
                all.truncate(1);
                all[0].message = format!("{}end", "x".repeat(4000));
            }
        }
    }
    let record = scene.record();
    let file = render(&record, &Verdict::of(&record), Style::default());
    assert!(file.contains(&long), "{file}");
    assert!(file.contains(&"x".repeat(4000)), "{file}");
    let terminal = page(&scene, false, 100);
    assert!(!terminal.contains(&long), "{terminal}");
}

/// Makes the probes of one side say that the steady state is missing.
fn missing(scene: &mut Scene, of: ProbeSide) {
    for event in &mut scene.events {
        if let EventKind::ProbeEvaluated { side, result, .. } = &mut event.kind {
            result.held &= *side != of;
        }
    }
}

#[test]
fn a_baseline_that_was_bad_already_is_said_before_anything_else() {
    let told = |page: &str| page.contains("did not hold before anything was broken: ");
    let mut scene = scenes::quickstart();
    assert!(!told(&page(&scene, false, 100)));
    missing(&mut scene, ProbeSide::After);
    assert!(!told(&page(&scene, false, 100)));
    missing(&mut scene, ProbeSide::Before);
    let page = page(&scene, false, 100);
    assert!(told(&page), "{page}");
    assert!(
        page.find("shown to be the faults' doing") < page.find("✗ hypothesis"),
        "{page}"
    );
}

#[test]
fn where_nothing_is_to_be_broken_a_probe_is_asked_once_and_has_no_side() {
    let mut scene = scenes::quickstart();
    scene.header.faults.clear();
    scene.events.retain(|event| {
        !matches!(
            event.kind,
            EventKind::FaultInjected { .. }
                | EventKind::FaultRolledBack { .. }
                | EventKind::ProbeEvaluated {
                    side: ProbeSide::After,
                    ..
                }
        )
    });
    let page = page(&scene, false, 100);
    assert!(page.contains("✓ hypothesis"), "{page}");
    assert!(!page.contains("the faults)"), "{page}");
}
