use std::time::Duration;

use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, table};
use crate::number::{count, counted, took};

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let sims = &context.record.sims;
    if sims.is_empty() {
        return None;
    }
    let rows: String = sims
        .iter()
        .map(|sim| {
            let (class, words) = match (sim.deterministic, sim.seeds_failed) {
                (false, _) => ("bad", "✗ not deterministic".to_owned()),
                (true, 0) if sim.failures.is_empty() => ("good", "✓ nothing found".to_owned()),
                (true, 0) => ("bad", "✗ never so".to_owned()),
                (true, failed) => (
                    "bad",
                    format!("✗ {} fail", counted(u64::from(failed), "seed")),
                ),
            };
            format!(
                "<tr><td><span class=\"chip {class}\">{words}</span></td><th scope=\"row\"><code>{}</code></th>\
                 <td class=\"num\">{}</td><td><code>{}</code></td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>\n",
                esc(&sim.program),
                count(u64::from(sim.seeds_run)),
                esc(&sim.trace_hash),
                took(Duration::from_nanos(sim.virtual_ns)),
                took(Duration::from_nanos(sim.took_ns))
            )
        })
        .collect();
    let mut out = table(
        "Programs under a virtual clock",
        &[
            Words("Status"),
            Words("Program"),
            Number("Seeds"),
            Words("Trace of the first seed"),
            Number("Virtual time"),
            Number("All seeds took"),
        ],
        &rows,
    );
    for sim in sims {
        for failure in &sim.failures {
            let needs: String = (failure.forced.iter())
                .map(|forced| format!("<li>{}</li>", esc(forced)))
                .collect();
            let needs = match needs.as_str() {
                "" => String::new(),
                needs => format!("<p>It needs of chance:</p><ul>{needs}</ul>"),
            };
            out.push_str(&format!(
                "<article class=\"gate bad\"><h3>seed {} <span class=\"faint\">exit code {}</span></h3>\
                 <pre>{}</pre>{needs}<p>replay: <code class=\"command\">{}</code></p></article>\n",
                failure.seed,
                failure.exit_code,
                esc(&failure.headline()),
                esc(&failure.command(&sim.program))
            ));
        }
    }
    Some(out)
}
