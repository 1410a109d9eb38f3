use std::fmt::Write as _;

use rtest_core::Code;
use rtest_core::metric::{BUILTIN_METRICS, builtin_metric};

use crate::args::ExplainArgs;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn execute(args: &ExplainArgs) -> Result<Exit, Failure> {
    let text = match args.topic.as_deref() {
        None => codes(),
        Some("metrics") => metrics(""),
        Some(name) if builtin_metric(name).is_some() => metrics(name),
        Some(topic) => {
            let code: Code = topic.parse().map_err(|error| {
                Failure::usage(format!(
                    "error: {error}\nhint: `rtest explain` lists every code"
                ))
            })?;
            format!("{code}: {}\n\n{}\n", code.title(), code.explanation())
        }
    };
    output::data(text.as_bytes())?;
    Ok(Exit::Passed)
}

fn codes() -> String {
    Code::ALL.iter().fold(String::new(), |mut text, code| {
        let _ = writeln!(text, "{code}  {}", code.title());
        text
    })
}

/// The metrics whose name begins so.
fn metrics(start: &str) -> String {
    BUILTIN_METRICS
        .iter()
        .filter(|metric| metric.name.starts_with(start))
        .fold(String::new(), |mut text, metric| {
            let _ = writeln!(
                text,
                "{:<22} {:<8} {}",
                metric.name,
                metric.kind.name(),
                metric.meaning
            );
            text
        })
}
