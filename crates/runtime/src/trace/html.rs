use std::io;
use std::time::Duration;

use rtest_core::Seed;

use super::lanes::{Lane, Mark, lanes};
use super::{Action, Trace, TraceEvent};
use crate::explore::Finding;

/// Events that are drawn and listed at most: beyond it a browser gets slow.
const MOST_DRAWN: usize = 5_000;

const LABELS: f64 = 240.0;
const WIDTH: f64 = 1200.0;
const ROW: f64 = 22.0;
const TOP: f64 = 28.0;

/// What run a trace is of, for whoever opens its page a week later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceOf {
    /// The program, as it was named.
    pub program: String,
    /// What was found in the run.
    pub findings: Vec<Finding>,
    /// Its seed.
    pub seed: Seed,
    /// The command that makes the run again.
    pub replay: String,
}

impl Trace {
    /// Writes a page of its own that draws the run on virtual time: a row for the loop, one for
    /// what chance did, rows for requests, for each place that sets timers or immediates, for tasks of the
    /// thread pool and for connections, and the events below.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_html(&self, of: &TraceOf, out: &mut dyn io::Write) -> io::Result<()> {
        let drawn = &self.events[..self.events.len().min(MOST_DRAWN)];
        let left_out = (self.events.len() - drawn.len()) as u64 + self.dropped;
        let lanes = lanes(drawn);
        let end = drawn.last().map_or(Duration::ZERO, |event| event.at);
        let scale = Scale::of(end);
        let program = escape(&of.program);
        writeln!(
            out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <title>{program}, seed {}: rtest sim</title>{HEAD}<h1>{program}</h1>",
            of.seed
        )?;
        for finding in &of.findings {
            let place = finding.place.as_ref();
            let place = place.map_or_else(String::new, |place| format!("\nat {place}"));
            let text = format!("{}: {}{place}", finding.kind.name(), finding.message);
            writeln!(out, "<pre class=\"finding\">{}</pre>", escape(&text))?;
        }
        writeln!(
            out,
            "<p>seed {} · replay: <code>{}</code></p>",
            of.seed,
            escape(&of.replay)
        )?;
        writeln!(
            out,
            "<p>{} events on virtual time. The loop slept where its row is pale; a timer waits \
             along its bar and fires at its end, a request is under way along its own. Red is what chance \
             did to an idle machine.{}</p>",
            drawn.len(),
            match left_out {
                0 => String::new(),
                left_out => format!(" {left_out} more events are not shown."),
            }
        )?;
        draw(out, &lanes, &scale)?;
        list(out, drawn)?;
        out.write_all(b"</body></html>\n")
    }
}

/// Virtual time to x.
struct Scale {
    end_ns: f64,
    step_ns: f64,
}

impl Scale {
    fn of(end: Duration) -> Self {
        let end_ns = (end.as_nanos() as f64).max(1_000.0) * 1.02;
        // The largest of 1, 2 and 5 times a power of ten that gives eight steps or more.
        let mut step_ns = 10_f64.powf((end_ns / 8.0).log10().floor());
        for factor in [5.0, 2.0] {
            if end_ns / (step_ns * factor) >= 8.0 {
                step_ns *= factor;
                break;
            }
        }
        Self { end_ns, step_ns }
    }

    fn x(&self, at: Duration) -> f64 {
        LABELS + at.as_nanos() as f64 / self.end_ns * (WIDTH - LABELS)
    }
}

fn draw(out: &mut dyn io::Write, lanes: &[Lane], scale: &Scale) -> io::Result<()> {
    let height = TOP + lanes.len() as f64 * ROW + 4.0;
    writeln!(
        out,
        "<div class=\"scroll\"><svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"Waterfall of the run\">"
    )?;
    let mut at_ns = 0.0;
    while at_ns < scale.end_ns {
        let x = scale.x(Duration::from_nanos(at_ns as u64));
        writeln!(
            out,
            "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{height}\"/>\
             <text class=\"axis\" x=\"{x:.1}\" y=\"16\">{}</text>",
            rtest_core::unit::format_duration(Duration::from_nanos(at_ns as u64))
        )?;
        at_ns += scale.step_ns;
    }
    for (row, lane) in lanes.iter().enumerate() {
        let y = TOP + row as f64 * ROW;
        writeln!(
            out,
            "<text class=\"lane\" x=\"{:.0}\" y=\"{:.1}\">{}</text>",
            LABELS - 10.0,
            y + 15.0,
            escape(&lane.label)
        )?;
        for bar in &lane.bars {
            let x = scale.x(bar.from);
            writeln!(
                out,
                "<rect class=\"{}\" x=\"{x:.2}\" y=\"{:.1}\" width=\"{:.2}\" height=\"8\">\
                 <title>{}</title></rect>",
                bar.class,
                y + 7.0,
                (scale.x(bar.to) - x).max(0.5),
                escape(&bar.title)
            )?;
        }
        // What was found is not hidden by what follows from it.
        let (found, others): (Vec<&Mark>, Vec<&Mark>) =
            lane.marks.iter().partition(|mark| mark.class == "found");
        for mark in others.into_iter().chain(found) {
            writeln!(
                out,
                "<rect class=\"mark {}\" x=\"{:.2}\" y=\"{:.1}\" width=\"3\" height=\"14\">\
                 <title>{}</title></rect>",
                mark.class,
                scale.x(mark.at) - 1.5,
                y + 4.0,
                escape(&mark.title)
            )?;
        }
    }
    writeln!(out, "</svg></div>")
}

fn list(out: &mut dyn io::Write, events: &[TraceEvent]) -> io::Result<()> {
    writeln!(
        out,
        "<table><thead><tr><th class=\"num\">ms</th><th>Phase</th><th>What</th><th>Where</th></tr>\
         </thead><tbody>"
    )?;
    for event in events {
        let class = match event.action {
            Action::Chose(_) => " class=\"chance\"",
            Action::Found(_) | Action::Uncaught => " class=\"found\"",
            _ => "",
        };
        writeln!(
            out,
            "<tr{class}><td class=\"num\">{:.3}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            event.at.as_nanos() as f64 / 1e6,
            event.phase.name(),
            escape(&event.action.to_string()),
            escape(event.place.as_deref().unwrap_or_default())
        )?;
    }
    writeln!(out, "</tbody></table>")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

const HEAD: &str = r#"
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --ink: #1c2024; --faint: #687078; --line: #e3e6e8; --bar: #9db8d9; --run: #1f5fa8;
  --bad: #c2313a; --good: #2c7a4b; --served: #a9cdb6; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --faint: #98a1a9; --line: #30363b; --bar: #3d5878; --run: #7fb2ee;
  --bad: #f0727a; --good: #6cc08d; --served: #3a6149; --page: #15181b; } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1240px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 20px; margin: 0; } p { color: var(--faint); margin: 4px 0 16px; }
code { color: var(--ink); overflow-wrap: anywhere; } .finding { color: var(--bad); margin: 8px 0; white-space: pre-wrap; }
.scroll { overflow-x: auto; } svg { width: 100%; min-width: 900px; display: block; }
svg text { font: 11px ui-monospace, monospace; fill: var(--faint); }
.lane { text-anchor: end; fill: var(--ink); } .axis { text-anchor: middle; } .grid { stroke: var(--line); }
.waits { fill: var(--bar); } .cleared, .own, .open { fill: var(--line); } .request { fill: var(--served); } .slept { fill: var(--line); }
rect.chance { fill: var(--bad); opacity: .4; } .mark.chance { opacity: 1; }
.mark { fill: var(--faint); } .mark.runs { fill: var(--run); } .mark.output { fill: var(--good); }
.mark.chance, .mark.found, .mark.failed { fill: var(--bad); }
table { border-collapse: collapse; width: 100%; margin-top: 24px; font: 12px/1.6 ui-monospace, monospace; }
th { text-align: left; color: var(--faint); font-weight: 500; position: sticky; top: 0; background: var(--page); }
td, th { border-bottom: 1px solid var(--line); padding: 1px 12px 1px 0; } .num { text-align: right; white-space: nowrap; }
tr.chance td, tr.found td { color: var(--bad); }
</style></head><body>
"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::FindingKind;
    use crate::trace::Phase;

    fn page(events: &[(u64, Action, &str)]) -> String {
        let mut trace = Trace::new(true);
        for (us, action, place) in events {
            let at = Duration::from_micros(*us);
            trace.record(at, Phase::Timers, *action, Some((*place).to_owned()));
        }
        let of = TraceOf {
            program: "sims/<a>.mjs".to_owned(),
            findings: vec![Finding {
                kind: FindingKind::Always,
                message: "a < b".to_owned(),
                place: Some("a.js:1:1".to_owned()),
            }],
            seed: Seed::new(7),
            replay: "rtest sim a.mjs --replay v1:7:t2".to_owned(),
        };
        let mut out = Vec::new();
        trace
            .write_html(&of, &mut out)
            .expect("a vector takes bytes");
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn a_timer_is_a_bar_from_where_it_is_set_to_where_it_fires() {
        let page = page(&[
            (0, Action::TimerSet(1, 5), "a.js:1"),
            (0, Action::TimerSet(2, 9), "<b>.js:2"),
            (5_000, Action::TimerFired(1), "a.js:1"),
            (5_001, Action::TimerCleared(2), "<b>.js:2"),
            (10_000, Action::Exited(0), ""),
        ]);
        // Half of the 960 px beside the labels, at 2 % more than the run.
        assert!(
            page.contains("class=\"waits\" x=\"240.00\" y=\"123.0\" width=\"470.59\""),
            "{page}"
        );
        assert!(page.contains("class=\"cleared\" x=\"240.00\" y=\"145.0\""));
        assert!(page.contains("&lt;b&gt;.js:2") && !page.contains("<b>.js"));
    }

    #[test]
    fn a_timer_and_an_immediate_of_one_number_are_two() {
        let page = page(&[
            (0, Action::TimerSet(4, 5), "a.js:1"),
            (0, Action::ImmediateSet(4), "a.js:2"),
            (10, Action::ImmediateRan(4), "a.js:2"),
            (5_000, Action::TimerFired(4), "a.js:1"),
            (10_000, Action::Exited(0), ""),
        ]);
        assert_eq!(page.matches("class=\"waits\"").count(), 2, "{page}");
        assert!(page.contains("class=\"waits\" x=\"240.00\" y=\"123.0\" width=\"470.59\""));
    }

    #[test]
    fn a_request_lies_along_a_row_that_says_what_it_is_and_one_without_an_answer_to_the_end() {
        let page = page(&[
            (0, Action::RequestBegan(1), "GET http://a/1"),
            (0, Action::RequestBegan(2), "serves GET /1"),
            (5_000, Action::RequestEnded(1, 0), "GET http://a/1"),
            (10_000, Action::Exited(0), ""),
        ]);
        assert!(page.contains(">GET http://a/1</text>") && page.contains(">serves GET /1</text>"));
        assert!(page.contains("class=\"request\" x=\"240.00\" y=\"123.0\" width=\"470.59\""));
        assert!(page.contains("class=\"mark failed\"") && page.contains("request #1 fails"));
        assert!(page.contains("class=\"open\" x=\"240.00\" y=\"145.0\" width=\"941.18\""));
    }

    #[test]
    fn the_page_says_what_it_is_of() {
        let page = page(&[]);
        assert!(page.contains("<title>sims/&lt;a&gt;.mjs, seed 7: rtest sim</title>"));
        assert!(page.contains("always: a &lt; b\nat a.js:1:1"));
        assert!(page.contains("replay: <code>rtest sim a.mjs --replay v1:7:t2</code>"));
    }

    #[test]
    fn a_run_without_events_is_a_page_too() {
        assert!(page(&[]).contains("0 events"));
    }
}
