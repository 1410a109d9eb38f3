use crate::live::text::{Ink, Text};

/// Columns of the names on the left.
pub(super) const LABEL: usize = 12;

/// What is left out first where there are too few rows: the highest.
pub(super) type Rank = u8;

pub(super) const HEADER: Rank = 0;
pub(super) const KEYS: Rank = 1;
pub(super) const FLOW: Rank = 2;
pub(super) const LATENCY: Rank = 3;
pub(super) const ERRORS: Rank = 4;
pub(super) const GENERATOR: Rank = 4;
pub(super) const GATES: Rank = 5;
pub(super) const CHART: Rank = 6;
pub(super) const FURTHER_GATES: Rank = 7;
pub(super) const GAP: Rank = 9;

/// Lines that belong together, each with its rank.
#[derive(Debug, Default)]
pub(super) struct Section(Vec<(Rank, Text)>);

impl Section {
    /// Lines of one rank.
    pub(super) fn new(rank: Rank, lines: Vec<Text>) -> Self {
        Self(lines.into_iter().map(|line| (rank, line)).collect())
    }

    /// With a further line.
    #[must_use]
    pub(super) fn with(mut self, rank: Rank, line: Text) -> Self {
        self.0.push((rank, line));
        self
    }
}

/// The lines of all sections that fit into so many rows, with a blank line between sections where
/// there is room.
pub(super) fn fit(sections: Vec<Section>, rows: usize) -> Vec<Text> {
    let mut lines: Vec<(Rank, Text)> = Vec::new();
    for section in sections.into_iter().filter(|section| !section.0.is_empty()) {
        if !lines.is_empty() {
            lines.push((GAP, Text::default()));
        }
        lines.extend(section.0);
    }
    while lines.len() > rows {
        let least = lines.iter().map(|(rank, _)| *rank).max();
        // The last of them: of gates the one that matters least, of gaps the lowest.
        let Some(index) = lines.iter().rposition(|(rank, _)| Some(*rank) == least) else {
            break;
        };
        lines.remove(index);
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

/// A name on the left, and as many of the pieces as there are columns for, the first ones first.
pub(super) fn row(label: &str, pieces: impl IntoIterator<Item = Text>, columns: usize) -> Text {
    let mut line = Text::default().with(Ink::Faint, label).to(LABEL);
    for (index, piece) in pieces.into_iter().enumerate() {
        let gap = if index == 0 { "" } else { "   " };
        let longer = line.clone().with(Ink::Plain, gap).and(piece);
        if longer.width() > columns {
            break;
        }
        line = longer;
    }
    line
}
