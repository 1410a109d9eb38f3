//! The view: board, clock and terminal size → lines. Nothing here draws.

mod chart;
mod gates;
mod generator;
mod header;
mod numbers;
mod row;

use rtest_core::RunTime;
use rtest_load::Wanted;

use super::board::Board;
use super::text::{Ink, Text};
use row::Section;

pub(super) use numbers::errors_by_number;

/// What the view depends on beside the board.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    /// The present instant.
    pub(crate) now: RunTime,
    /// What is asked of the load at present.
    pub(crate) wanted: Wanted,
    /// Columns of the terminal.
    pub(crate) columns: usize,
    /// Its rows.
    pub(crate) rows: usize,
    /// Whether keys are read.
    pub(crate) has_keys: bool,
}

/// The least that is drawn for.
const NARROWEST: usize = 20;

/// The frame: lines of no more than the terminal's columns, at least one row less than it has.
pub(crate) fn frame(board: &Board, scene: Scene) -> Vec<Text> {
    let scene = Scene {
        columns: scene.columns.max(NARROWEST),
        ..scene
    };
    let sections = match board.running_load() {
        Some(load) => {
            let mut sections = vec![header::of_load(board, load, scene)];
            sections.extend(numbers::sections(load, scene));
            sections.extend(chart::sections(board, load, scene));
            sections.extend(gates::section(load, scene));
            sections.extend(generator::section(load, scene));
            sections.extend(keys(scene));
            sections
        }
        None => vec![header::of_waiting(board, scene)],
    };
    let lines = row::fit(sections, scene.rows.saturating_sub(1).max(1));
    lines
        .into_iter()
        .map(|line| line.cut(scene.columns))
        .collect()
}

/// What can be pressed.
fn keys(scene: Scene) -> Option<Section> {
    if !scene.has_keys {
        return None;
    }
    let pause = if scene.wanted.paused {
        "resume"
    } else {
        "pause"
    };
    let keys = [("p", pause), ("+ -", "10 %"), ("s", "stop"), ("q", "quit")];
    let keys = keys.map(|(key, does)| {
        Text::default()
            .with(Ink::Strong, key)
            .with(Ink::Faint, &format!(" {does}"))
    });
    let line = row::row("keys", keys, scene.columns);
    Some(Section::new(row::KEYS, vec![line]))
}

#[cfg(test)]
mod tests;
