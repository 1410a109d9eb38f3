use std::path::Path;

use rtest_core::plan::SimWorld;

use crate::command::judge::inputs;
use crate::exit::Failure;

/// The world in a file, or that of the sim entry on a line of a suite: `FILE`, `SUITE:LINE`.
pub(super) fn read(given: &str) -> Result<SimWorld, Failure> {
    let at_line = given
        .rsplit_once(':')
        .and_then(|(file, line)| Some((file, line.parse::<u32>().ok()?)));
    let Some((file, line)) = at_line else {
        return rtest_suite::load_world(Path::new(given), &inputs())
            .map_err(|diagnostics| Failure::diagnostics(&diagnostics));
    };
    let suite = rtest_suite::load(Path::new(file), &inputs())
        .map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
    let plan = suite
        .plan(None, None)
        .map_err(|diagnostic| Failure::diagnostics(&[diagnostic]))?;
    let sims = || plan.sims.iter();
    if let Some(sim) = sims().find(|sim| sim.span.line == line) {
        return Ok(sim.world.clone());
    }
    let lines: Vec<String> = sims().map(|sim| sim.span.line.to_string()).collect();
    Err(Failure::usage(format!(
        "error: --world: no sim entry of {file} has its `program` on line {line}; they are on {}",
        lines.join(", ")
    )))
}
