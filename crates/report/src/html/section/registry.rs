use super::{
    cases, chaos, contracts, determinism, endpoints, environment, errors, generator, load, metrics,
    notes, usage, verdict,
};
use crate::html::context::Context;

/// A section of the page.
pub(crate) struct Section {
    /// Anchor.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// The HTML below the title; `None` where the run has nothing for it.
    pub(crate) render: fn(&Context<'_>) -> Option<String>,
}

/// Every section, in the order of the page.
pub(crate) const SECTIONS: &[Section] = &[
    section("verdict", "Verdict", verdict::render),
    section("cases", "Cases", cases::render),
    section("load", "Load", load::render),
    section("endpoints", "Endpoints", endpoints::render),
    section("metrics", "Metrics", metrics::render),
    section("errors", "Answers and errors", errors::render),
    section("chaos", "Chaos", chaos::render),
    section("services", "Services", usage::render),
    section("contracts", "Contracts", contracts::render),
    section("determinism", "Programs", determinism::render),
    section("environment", "Environment", environment::render),
    section("generator", "Generator", generator::render),
    section("notes", "Notes", notes::render),
];

const fn section(
    id: &'static str,
    title: &'static str,
    render: fn(&Context<'_>) -> Option<String>,
) -> Section {
    Section { id, title, render }
}
