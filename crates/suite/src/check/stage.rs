use rtest_core::plan::Stage;
use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::collection::List;
use crate::collection::NamedEntry;
use crate::file::SuiteFile;
use crate::scalar::Choice;
use crate::spanned::Spanned;

/// The kinds of work that the suite has a section for.
pub(super) fn present(file: &SuiteFile) -> Vec<Stage> {
    Stage::ALL
        .into_iter()
        .filter(|stage| match stage {
            Stage::Contracts => !file.contracts.is_absent(),
            Stage::Sim => !file.sim.is_absent(),
            Stage::Load => !file.load.is_absent(),
            Stage::Chaos => !file.chaos.is_absent(),
        })
        .collect()
}

/// What a suite that does nothing is told.
pub(crate) const NOTHING_TO_DO: &str = "give it at least one of `load`, `contracts` and `sim`";

/// Checks the suite's stages.
pub(super) fn check(file: &SuiteFile, cx: &mut Context<'_>) -> Vec<(String, Vec<Stage>)> {
    let present = present(file);
    if present.is_empty() {
        if let Some(name) = file.name.entry()
            && file.environment.is_absent()
        {
            cx.found.add(
                Diagnostic::new(Code::MissingKey, "the suite does nothing")
                    .at(&name.whole)
                    .hint(NOTHING_TO_DO),
            );
        }
    } else if let (Some(chaos), true) = (file.chaos.key(), file.load.is_absent()) {
        cx.found.add(
            Diagnostic::new(
                Code::MissingKey,
                "faults need load: their clock is the load's",
            )
            .at(chaos)
            .hint("add `load`"),
        );
    }
    let entries = file.stages.value().map(|named| named.0.as_slice());
    entries
        .unwrap_or_default()
        .iter()
        .filter_map(|entry| stage(entry, &present, cx))
        .collect()
}

fn stage(
    entry: &NamedEntry<List<Choice<Stage>, 1>>,
    present: &[Stage],
    cx: &mut Context<'_>,
) -> Option<(String, Vec<Stage>)> {
    let (name, list) = entry.given()?;
    let mut listed: Vec<Stage> = Vec::new();
    for Spanned {
        value: Choice(stage),
        span,
    } in &list.value.items
    {
        let diagnostic = if listed.contains(stage) {
            Diagnostic::new(
                Code::Duplicate,
                format!("`{}` is listed twice", stage.name()),
            )
        } else if !present.contains(stage) {
            Diagnostic::new(
                Code::UnknownStage,
                format!("the suite has no `{}` to run", stage.name()),
            )
        } else {
            listed.push(*stage);
            continue;
        };
        cx.found.add(diagnostic.at(span));
    }
    if listed.contains(&Stage::Chaos) && !listed.contains(&Stage::Load) {
        let chaos = list
            .value
            .items
            .iter()
            .find(|item| item.value.0 == Stage::Chaos);
        cx.found.add(
            Diagnostic::new(
                Code::MissingKey,
                "faults need load: their clock is the load's",
            )
            .at(chaos.map_or(&name.span, |chaos| &chaos.span))
            .hint("list `load` as well"),
        );
    }
    listed.sort();
    Some((name.value.clone(), listed))
}
