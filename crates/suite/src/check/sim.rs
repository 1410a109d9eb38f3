use rtest_core::plan::SimPlan;

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::file::Sim;
use crate::spanned::Spanned;

/// Checks one program.
pub(super) fn check(sim: &Spanned<Sim>, cx: &mut Context<'_>) -> Option<SimPlan> {
    let entry = sim.value.program.entry()?;
    let program = path(&entry.value, Existing::File, cx)?;
    let seeds = sim.value.seeds.value().map_or(1, |seeds| seeds.0);
    Some(SimPlan {
        shown: program.display().to_string(),
        program,
        seeds: u32::try_from(seeds).unwrap_or(u32::MAX),
        span: entry.whole.clone(),
    })
}
