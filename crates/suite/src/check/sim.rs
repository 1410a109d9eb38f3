use rtest_core::plan::{SimPlan, SimStrategy, SimWorld};
use rtest_core::unit::{UnitError, format_size, parse_size};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::check::sim_world;
use crate::check::unit::read;
use crate::file::{Sim, Strategy};
use crate::spanned::Spanned;

/// Checks one program.
pub(super) fn check(sim: &Spanned<Sim>, cx: &mut Context<'_>) -> Option<SimPlan> {
    let keys = &sim.value;
    let strategy = keys
        .strategy
        .value()
        .map_or(Strategy::Random, |word| word.0);
    if strategy != Strategy::Pct {
        refuse("depth", "pct", keys.depth.key(), cx);
    }
    if strategy != Strategy::Exhaustive {
        refuse("forced", "exhaustive", keys.forced.key(), cx);
    }
    let whole = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    let entry = keys.program.entry()?;
    let program = path(&entry.value, Existing::File, cx);
    let memory_bytes = read(&keys.memory, memory_size, cx);
    let world = match keys.world.value() {
        Some(world) => sim_world::check(world, cx),
        None => Some(SimWorld::default()),
    };
    let program = program?;
    Some(SimPlan {
        shown: program.display().to_string(),
        program,
        seeds: keys.seeds.value().map_or(1, |seeds| whole(seeds.0)),
        strategy: match strategy {
            Strategy::Random => SimStrategy::Random,
            Strategy::Pct => SimStrategy::Pct {
                depth: keys.depth.value().map_or(3, |depth| whole(depth.0)),
            },
            Strategy::Exhaustive => SimStrategy::Exhaustive {
                forced: keys.forced.value().map_or(2, |forced| whole(forced.0)),
            },
        },
        memory_bytes: memory_bytes?,
        world: world?,
        leaks: keys.leaks.value().copied().unwrap_or_default(),
        unhandled_rejections: keys.unhandled_rejections.value().map(|mode| mode.0),
        span: entry.whole.clone(),
    })
}

fn memory_size(text: &str) -> Result<u64, UnitError> {
    let bytes = parse_size(text)?;
    let range = SimPlan::MEMORY_BYTES;
    if range.contains(&bytes) {
        return Ok(bytes);
    }
    Err(UnitError {
        message: format!("a program cannot be granted `{}` of memory", text.trim()),
        hint: format!(
            "write `{}` to `{}`",
            format_size(*range.start()),
            format_size(*range.end())
        ),
    })
}

/// A key that only another strategy has.
fn refuse(key: &str, strategy: &str, span: Option<&Span>, cx: &mut Context<'_>) {
    if let Some(span) = span {
        cx.found.add(
            Diagnostic::new(
                Code::Contradiction,
                format!("`{key}` has no effect without `strategy: {strategy}`"),
            )
            .at(span)
            .hint(format!("add `strategy: {strategy}`, or remove the key")),
        );
    }
}
