use std::io;
use std::time::Duration;

use rtest_core::Seed;

use super::{Action, Trace, TraceEvent};
use crate::explore::Finding;

/// Events that are drawn and listed at most: beyond it a browser gets slow.
const MOST_DRAWN: usize = 5_000;
const MOST_LANES: usize = 120;

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

/// One row of the waterfall.
struct Lane {
    label: String,
    bars: Vec<Bar>,
    marks: Vec<Mark>,
}

/// Something that lasts: a timer from when it is set to when it fires, a sleep.
struct Bar {
    class: &'static str,
    from: Duration,
    to: Duration,
    title: String,
}

/// Something that happens.
struct Mark {
    class: &'static str,
    at: Duration,
    title: String,
}

/// What waits: timers and immediates are counted separately.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handle {
    Timer(u32),
    Immediate(u32),
}

impl Handle {
    fn of(action: Action) -> Option<Self> {
        match action {
            Action::TimerSet(id, _) | Action::TimerFired(id) | Action::TimerCleared(id) => {
                Some(Self::Timer(id))
            }
            Action::ImmediateSet(id) | Action::ImmediateRan(id) | Action::ImmediateCleared(id) => {
                Some(Self::Immediate(id))
            }
            _ => None,
        }
    }
}

/// A handle that waits.
struct Waiting {
    handle: Handle,
    lane: usize,
    since: Duration,
    what: String,
}

impl Trace {
    /// Writes a page of its own that draws the run on virtual time: a row for the loop, one for
    /// what chance did, one for each place that sets timers or immediates, and the events below.
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
             along its bar and fires at its end. Red is what chance did to an idle machine.{}</p>",
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

fn lanes(events: &[TraceEvent]) -> Vec<Lane> {
    let lane = |label: &str| Lane {
        label: label.to_owned(),
        bars: Vec::new(),
        marks: Vec::new(),
    };
    let mut lanes = vec![
        lane("loop"),
        lane("chance"),
        lane("ticks, promise jobs"),
        lane("output"),
    ];
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut last = Duration::ZERO;
    for event in events {
        let title = event.to_string().trim().to_owned();
        let mark = |class| Mark {
            class,
            at: event.at,
            title: title.clone(),
        };
        match event.action {
            Action::TimerSet(..) | Action::ImmediateSet(_) => {
                let Some(handle) = Handle::of(event.action) else {
                    continue;
                };
                waiting.retain(|waiting| waiting.handle != handle);
                let label = event.place.as_deref().unwrap_or(match handle {
                    Handle::Timer(_) => "timers of Node's own",
                    Handle::Immediate(_) => "immediates of Node's own",
                });
                // Those of one place that wait at the same time lie below each other.
                let mut rows = lanes.iter().enumerate().skip(4);
                let free = rows.find(|(index, lane)| {
                    lane.label == label && waiting.iter().all(|handle| handle.lane != *index)
                });
                let index = free.map_or(lanes.len(), |(index, _)| index);
                if index < MOST_LANES {
                    if index == lanes.len() {
                        lanes.push(lane(label));
                    }
                    waiting.push(Waiting {
                        handle,
                        lane: index,
                        since: event.at,
                        what: event.action.to_string(),
                    });
                }
            }
            Action::TimerFired(_)
            | Action::ImmediateRan(_)
            | Action::TimerCleared(_)
            | Action::ImmediateCleared(_) => {
                let is_cleared = matches!(
                    event.action,
                    Action::TimerCleared(_) | Action::ImmediateCleared(_)
                );
                let handle = Handle::of(event.action);
                let position = (waiting.iter()).position(|waiting| Some(waiting.handle) == handle);
                if let Some(index) = position {
                    let handle = &mut waiting[index];
                    let lane = &mut lanes[handle.lane];
                    lane.bars.push(Bar {
                        class: if is_cleared { "cleared" } else { "waits" },
                        from: handle.since,
                        to: event.at,
                        title: format!("{}, {title}", handle.what),
                    });
                    lane.marks
                        .push(mark(if is_cleared { "cleared" } else { "runs" }));
                    // An interval waits again.
                    handle.since = event.at;
                    if is_cleared || matches!(event.action, Action::ImmediateRan(_)) {
                        waiting.remove(index);
                    }
                }
            }
            Action::Slept => lanes[0].bars.push(Bar {
                class: "slept",
                from: last,
                to: event.at,
                title,
            }),
            Action::Chose(choice) => {
                lanes[1].bars.push(Bar {
                    class: "chance",
                    from: event.at,
                    to: event.at + Duration::from_nanos(choice.point.time_ns(choice.value)),
                    title: title.clone(),
                });
                lanes[1].marks.push(mark("chance"));
            }
            Action::Tick | Action::Microtasks(_) => lanes[2].marks.push(mark("job")),
            Action::Wrote(..) => lanes[3].marks.push(mark("output")),
            Action::Found(_) | Action::Uncaught => lanes[0].marks.push(mark("found")),
            _ => lanes[0].marks.push(mark("loop")),
        }
        last = event.at;
    }
    lanes
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
  --bad: #c2313a; --good: #2c7a4b; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8ea; --faint: #98a1a9; --line: #30363b; --bar: #3d5878; --run: #7fb2ee;
  --bad: #f0727a; --good: #6cc08d; --page: #15181b; } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1240px; margin: 24px auto; padding: 0 16px; }
h1 { font-size: 20px; margin: 0; } p { color: var(--faint); margin: 4px 0 16px; }
code { color: var(--ink); overflow-wrap: anywhere; } .finding { color: var(--bad); margin: 8px 0; white-space: pre-wrap; }
.scroll { overflow-x: auto; } svg { width: 100%; min-width: 900px; display: block; }
svg text { font: 11px ui-monospace, monospace; fill: var(--faint); }
.lane { text-anchor: end; fill: var(--ink); } .axis { text-anchor: middle; } .grid { stroke: var(--line); }
.waits { fill: var(--bar); } .cleared { fill: var(--line); } .slept { fill: var(--line); }
rect.chance { fill: var(--bad); opacity: .4; } .mark.chance { opacity: 1; }
.mark { fill: var(--faint); } .mark.runs { fill: var(--run); } .mark.output { fill: var(--good); }
.mark.chance, .mark.found { fill: var(--bad); }
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
