use std::collections::BTreeSet;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use rtest_metrics::{GateStatus, RunRecord, Verdict};
use rtest_report::reporter;

use crate::scenes;

#[derive(Debug, Default)]
struct Case {
    name: String,
    class: String,
    file: Option<String>,
    line: Option<String>,
    time: f64,
    /// `failure`, `error`, `skipped`, with its text.
    trouble: Option<(String, String)>,
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).expect("attributes")?;
    let value = attribute.normalized_value(XmlVersion::Explicit1_0);
    Some(value.expect("escaped").into_owned())
}

fn cases(record: &RunRecord) -> Vec<Case> {
    let junit = reporter("junit").expect("junit is a format");
    let bytes = junit
        .render(record, &Verdict::of(record))
        .expect("a report of anything");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let mut reader = Reader::from_str(&text);
    let mut cases: Vec<Case> = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(element) | Event::Empty(element) => match element.name().as_ref() {
                b"testcase" => cases.push(Case {
                    name: attribute(&element, "name").expect("a name"),
                    class: attribute(&element, "classname").expect("a class"),
                    file: attribute(&element, "file"),
                    line: attribute(&element, "line"),
                    time: attribute(&element, "time")
                        .expect("a time")
                        .parse()
                        .expect("seconds"),
                    trouble: None,
                }),
                kind @ (b"failure" | b"error" | b"skipped") => {
                    let kind = String::from_utf8_lossy(kind).into_owned();
                    let case = cases.last_mut().expect("inside a case");
                    case.trouble = Some((kind, String::new()));
                }
                _ => {}
            },
            Event::Text(text) => {
                let trouble = cases.last_mut().and_then(|case| case.trouble.as_mut());
                if let Some((_, full)) = trouble {
                    full.push_str(&text.decode().expect("text"));
                }
            }
            Event::GeneralRef(entity) => {
                let trouble = cases.last_mut().and_then(|case| case.trouble.as_mut());
                if let Some((_, full)) = trouble {
                    full.push_str(match &*entity.decode().expect("text") {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "apos" => "'",
                        other => panic!("&{other};"),
                    });
                }
            }
            Event::Eof => return cases,
            _ => {}
        }
    }
}

#[test]
fn every_gate_is_a_case_and_its_class_and_name_are_its_own() {
    for (name, scene) in scenes::all().into_iter().chain(scenes::recorded()) {
        let record = scene.record();
        let cases = cases(&record);
        let gates = Verdict::of(&record).gates.len();
        assert_eq!(cases.len(), gates + 1, "{name}: and one for the run itself");
        let mut seen = BTreeSet::new();
        for case in &cases {
            assert!(
                seen.insert((&case.class, &case.name)),
                "{name}: two cases are {} {}",
                case.class,
                case.name
            );
            assert!(case.time >= 0.0);
        }
    }
}

#[test]
fn a_failed_gate_says_everything_and_points_at_its_line() {
    let cases = cases(&scenes::canary().record());
    let find = |name: &str| {
        let mut found = cases.iter().filter(|case| case.name.contains(name));
        found.next().unwrap_or_else(|| panic!("{name}"))
    };
    let threshold = find("http_req_duration p(95)<300");
    assert_eq!(threshold.class, "canary.threshold");
    assert_eq!(threshold.file.as_deref(), Some("suites/canary-fails.yaml"));
    assert_eq!(threshold.line.as_deref(), Some("20"));
    let (kind, text) = threshold.trouble.as_ref().expect("a failure");
    assert_eq!(kind, "failure");
    assert!(
        text.contains("--> suites/canary-fails.yaml:20:25"),
        "{text}"
    );

    let contract = find("a request for user 7");
    let (_, text) = contract.trouble.as_ref().expect("a failure");
    assert!(text.contains("web-storefront.json:12:28"), "{text}");
    assert_eq!(contract.time, 0.004);
    let passed = find("http_req_duration{endpoint:/cart}");
    assert!(passed.trouble.is_none());
}

#[test]
fn an_inconclusive_gate_is_skipped_and_not_green() {
    let mut scene = scenes::quickstart();
    let header = scene.header.load.as_mut().expect("load");
    // 1,200 samples are too few for the 99.9th percentile.
    header.thresholds[2].threshold = "http_req_duration{endpoint:/cart} p(99.9)<300".to_owned();
    let record = scene.record();
    let doubtful = Verdict::of(&record)
        .troubles()
        .filter(|gate| gate.status == GateStatus::Inconclusive)
        .count();
    assert_eq!(doubtful, 1);
    let cases = cases(&record);
    let skipped: Vec<&Case> = cases
        .iter()
        .filter(|case| {
            case.trouble
                .as_ref()
                .is_some_and(|(kind, _)| kind == "skipped")
        })
        .collect();
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].name.contains("p(99.9)"));
}

#[test]
fn a_run_that_is_not_whole_is_an_error_of_its_own() {
    for (scene, wanted) in [
        (scenes::environment_failed(), "RT0401"),
        (scenes::cut_off(), "was killed"),
    ] {
        let cases = cases(&scene.record());
        let run = &cases[0];
        assert_eq!(run.name, "the run is whole");
        let (kind, text) = run.trouble.as_ref().expect(wanted);
        assert_eq!(kind, "error");
        assert!(text.contains(wanted), "{text}");
    }
}

#[test]
fn characters_that_xml_forbids_are_gone() {
    let record = scenes::hostile().record();
    let junit = reporter("junit").expect("junit is a format");
    let bytes = junit
        .render(&record, &Verdict::of(&record))
        .expect("a report");
    let text = String::from_utf8(bytes).expect("UTF-8");
    let forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    assert!(crate::scenes::HOSTILE.contains(forbidden));
    assert!(!text.contains(forbidden));
    assert!(text.contains("&lt;script&gt;"));
}
