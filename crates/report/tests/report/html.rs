use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rtest_core::sample::Outcome;
use rtest_metrics::{RunRecord, Verdict};
use rtest_report::reporter;

use crate::scenes::{self, HOSTILE, Scene};
use crate::traffic::{Answer, Traffic, noise};

fn page(record: &RunRecord) -> String {
    let html = reporter("html").expect("html is a format");
    let bytes = html
        .render(record, &Verdict::of(record))
        .expect("a page of anything");
    String::from_utf8(bytes).expect("UTF-8")
}

fn every_scene() -> Vec<(&'static str, Scene)> {
    let mut scenes = scenes::all();
    scenes.extend(scenes::recorded());
    scenes
}

/// Elements with their attributes, and the text between them.
struct Parsed {
    elements: Vec<(String, Vec<(String, String)>)>,
    text: String,
}

impl Parsed {
    /// Reads the page as XML, which is stricter than any browser.
    fn new(html: &str) -> Result<Self, String> {
        let body = html.strip_prefix("<!DOCTYPE html>\n").ok_or("no doctype")?;
        let mut reader = Reader::from_str(body);
        let mut parsed = Self {
            elements: Vec::new(),
            text: String::new(),
        };
        let mut depth = 0;
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(element) => {
                    depth += 1;
                    parsed.element(&element)?;
                }
                Event::Empty(element) => parsed.element(&element)?,
                Event::End(_) => depth -= 1,
                Event::Text(text) => {
                    parsed
                        .text
                        .push_str(&text.decode().map_err(|e| e.to_string())?);
                }
                Event::GeneralRef(entity) => {
                    let name = entity.decode().map_err(|e| e.to_string())?;
                    parsed.text.push_str(match &*name {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "#39" => "'",
                        other => return Err(format!("entity &{other};")),
                    });
                }
                Event::CData(_) => {}
                Event::Eof => break,
                other => return Err(format!("unexpected {other:?}")),
            }
        }
        if depth == 0 {
            Ok(parsed)
        } else {
            Err(format!("{depth} elements are never closed"))
        }
    }

    fn element(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
        let mut attributes = Vec::new();
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| format!("<{name}>: {error}"))?;
            attributes.push((
                String::from_utf8_lossy(attribute.key.as_ref()).into_owned(),
                String::from_utf8_lossy(&attribute.value).into_owned(),
            ));
        }
        self.elements.push((name, attributes));
        Ok(())
    }

    fn count(&self, name: &str) -> usize {
        let named = self.elements.iter().filter(|(known, _)| known == name);
        named.count()
    }

    fn attributes(&self, name: &str) -> impl Iterator<Item = &str> {
        self.elements
            .iter()
            .flat_map(|(_, attributes)| attributes)
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

#[test]
fn every_page_is_well_formed_and_names_each_thing_once() {
    for (name, scene) in every_scene() {
        let parsed = Parsed::new(&page(&scene.record())).unwrap_or_else(|error| {
            panic!("{name}: {error}");
        });
        let mut ids = BTreeSet::new();
        for id in parsed.attributes("id") {
            assert!(ids.insert(id.to_owned()), "{name}: two elements are #{id}");
        }
        for anchor in parsed.attributes("href") {
            let id = anchor.strip_prefix('#').expect("links stay on the page");
            assert!(ids.contains(id), "{name}: {anchor} leads nowhere");
        }
        for label in parsed.attributes("aria-labelledby") {
            for id in label.split(' ') {
                assert!(ids.contains(id), "{name}: {id} labels nothing");
            }
        }
    }
}

#[test]
fn the_reader_of_these_tests_refuses_what_is_not_well_formed() {
    for broken in [
        "<!DOCTYPE html>\n<p>unclosed",
        "<!DOCTYPE html>\n<p class=x></p>",
        "<!DOCTYPE html>\n<b><i></b></i>",
        "<p></p>",
    ] {
        assert!(Parsed::new(broken).is_err(), "{broken}");
    }
}

#[test]
fn a_page_asks_for_nothing_else() {
    for (name, scene) in every_scene() {
        let html = page(&scene.record());
        let parsed = Parsed::new(&html).expect(name);
        for element in [
            "link", "img", "iframe", "object", "embed", "base", "form", "image", "use",
        ] {
            assert_eq!(parsed.count(element), 0, "{name}: <{element}>");
        }
        for attribute in ["src", "srcset", "data", "action", "xlink:href", "poster"] {
            assert_eq!(
                parsed.attributes(attribute).count(),
                0,
                "{name}: {attribute}"
            );
        }
        for href in parsed.attributes("href") {
            assert!(href.starts_with('#'), "{name}: href {href}");
        }
        for word in ["url(", "@import", "fetch(", "XMLHttpRequest"] {
            assert!(!html.contains(word), "{name}: {word}");
        }
        assert!(
            html.contains("content=\"default-src 'none'; style-src"),
            "{name}: no policy"
        );
    }
}

#[test]
fn hostile_text_is_shown_and_never_acted_on() {
    let scene = scenes::hostile();
    let html = page(&scene.record());
    let parsed = Parsed::new(&html).expect("well-formed");
    assert_eq!(
        parsed.count("script"),
        2,
        "ours: the points of time, the cursor"
    );
    assert_eq!(parsed.count("img"), 0);
    let handlers = parsed
        .elements
        .iter()
        .flat_map(|(_, attributes)| attributes);
    for (name, _) in handlers {
        assert!(!name.starts_with("on"), "{name}");
    }
    // As a reader sees it: the markup as text, control characters as pictures.
    assert!(
        parsed
            .text
            .contains("<script>alert(1)</script>\"'><img src=x onerror=alert(2)>]]>")
    );
    assert!(parsed.text.contains("␛[31m␀"));
    for acted_on in ['\u{1b}', '\0', '\u{202e}', '\u{ffff}'] {
        assert!(HOSTILE.contains(acted_on));
        assert!(!html.contains(acted_on), "{acted_on:?}");
    }
    assert!(html.contains("more characters)"), "a long example is cut");
}

/// More ticks than a chart has points, five statuses, and one request that takes two seconds.
fn a_long_run() -> Scene {
    let mut scene = scenes::quickstart();
    scene.events.clear();
    scene.traffic(&Traffic {
        start: 1.0,
        seconds: 500.0,
        rate: 1.0,
        workers: 1,
        faults: vec![(60.0, 90.0), (180.0, 240.0)],
        proofs: vec![None, None],
        answer: Box::new(|_, slot| Answer {
            step: (slot % 2) as u16,
            outcome: Outcome::Status([200, 201, 302, 404, 503][slot as usize % 5]),
            lag_us: 20,
            service_us: if slot == 77 {
                2_000_000
            } else {
                1_000 + (noise(slot) * 9e3) as u64
            },
            checks: Vec::new(),
            example: None,
        }),
    });
    scene
}

#[test]
fn a_long_run_is_drawn_from_merged_intervals_and_stays_small() {
    let record = a_long_run().record();
    let intervals = record.load.as_ref().expect("load").intervals.len();
    assert_eq!(intervals, 500);
    let html = page(&record);
    assert!(html.len() < 400_000, "{} bytes", html.len());
    let points = html
        .split_once("\"points\":[")
        .and_then(|(_, rest)| rest.split_once("]]"))
        .expect("points of time")
        .0
        .split("],[")
        .count();
    assert_eq!(points, 167, "three intervals a point");
    // What is rare is not lost in the merging.
    assert!(html.contains("The largest of all is 2.00 s"));
}

#[test]
fn every_chart_over_time_shades_and_names_every_fault() {
    let html = page(&scenes::quickstart().record());
    let charts: Vec<&str> = html
        .split("<figure class=\"time\"")
        .skip(1)
        .filter(|figure| figure.contains("figcaption"))
        .map(|figure| figure.split("</figure>").next().expect("an end"))
        .collect();
    assert!(charts.len() >= 5, "{}", charts.len());
    for chart in charts {
        let title = chart.split("<h3>").nth(1).expect("a title");
        assert_eq!(chart.matches("class=\"shade\"").count(), 2, "{title}");
        for name in ["F1<tspan", "latency 400ms ± 50ms", "F2<tspan", "down"] {
            assert!(chart.contains(name), "{title}: {name}");
        }
    }
}

#[test]
fn the_verdict_can_be_read_without_drawing_anything() {
    let canary = scenes::canary().record();
    let html = page(&canary);
    let text = Parsed::new(&html).expect("well-formed").text;
    for fact in [
        "http_req_duration p(95)<300",
        "suites/canary-fails.yaml:20:25",
        "body $.email",
        "suites/pacts/web-storefront.json:12:28",
        "GET /health (after the faults)",
        "rtest run suites/canary-fails.yaml --seed 42",
        "rtest sim fixtures/sims/retry.mjs --seed 17",
        "proxy does not listen",
    ] {
        assert!(text.contains(fact), "{fact}");
    }
}
