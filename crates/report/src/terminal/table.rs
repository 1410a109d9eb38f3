use unicode_width::UnicodeWidthStr;

use super::style::{Ink, Style};
use crate::visible::one_line;

/// Aligned columns. Where they are wider than the terminal, a flexible one is cut, then those that
/// matter least are left out, then the widest are cut.
#[derive(Debug)]
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    heading: &'static str,
    right: bool,
    /// Whether its cells may be cut.
    flexible: bool,
    /// Columns of the highest value are left out first; 0 stays.
    spare: u8,
}

/// A cell, coloured after it was aligned.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    text: String,
    ink: Ink,
}

impl Column {
    pub(super) const fn left(heading: &'static str) -> Self {
        Self {
            heading,
            right: false,
            flexible: false,
            spare: 0,
        }
    }

    pub(super) const fn right(heading: &'static str) -> Self {
        Self {
            heading,
            right: true,
            flexible: false,
            spare: 0,
        }
    }

    pub(super) const fn flexible(self) -> Self {
        Self {
            flexible: true,
            ..self
        }
    }

    pub(super) const fn spare(self, spare: u8) -> Self {
        Self { spare, ..self }
    }
}

impl Cell {
    pub(super) fn new(text: impl AsRef<str>) -> Self {
        Self::inked(Ink::Plain, text)
    }

    pub(super) fn inked(ink: Ink, text: impl AsRef<str>) -> Self {
        Self {
            text: one_line(text.as_ref()).into_owned(),
            ink,
        }
    }
}

const INDENT: usize = 2;
const GAP: usize = 2;
/// Characters of a column that is cut, at least.
const NARROWEST: usize = 16;

impl Table {
    pub(super) fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self {
            columns: columns.into(),
            rows: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        self.rows.push(cells.into());
    }

    /// The lines, each with its line break; headings only where a column has one.
    pub(super) fn render(mut self, style: Style) -> String {
        let mut widths = self.widths();
        let flexible = self.columns.iter().position(|column| column.flexible);
        if let Some(index) = flexible {
            shrink(&mut widths, index, style);
        }
        while total(&widths) > style.columns() {
            let spare = self.columns.iter().map(|column| column.spare).max();
            let Some(index) = self
                .columns
                .iter()
                .position(|column| Some(column.spare) == spare && column.spare > 0)
            else {
                break;
            };
            self.columns.remove(index);
            for row in &mut self.rows {
                row.remove(index);
            }
            widths.remove(index);
        }
        shrink_widest(&mut widths, style);

        let mut out = String::new();
        if self.columns.iter().any(|column| !column.heading.is_empty()) {
            let headings = self
                .columns
                .iter()
                .map(|column| Cell::inked(Ink::Faint, column.heading));
            let headings: Vec<Cell> = headings.collect();
            self.line(&mut out, &headings, &widths, style);
        }
        for row in &self.rows {
            self.line(&mut out, row, &widths, style);
        }
        out
    }

    fn widths(&self) -> Vec<usize> {
        self.columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = self.rows.iter().filter_map(|row| row.get(index));
                cells
                    .map(|cell| cell.text.width())
                    .chain([column.heading.width()])
                    .max()
                    .unwrap_or(0)
            })
            .collect()
    }

    fn line(&self, out: &mut String, cells: &[Cell], widths: &[usize], style: Style) {
        let mut line = " ".repeat(INDENT);
        for (index, ((cell, width), column)) in
            cells.iter().zip(widths).zip(&self.columns).enumerate()
        {
            if index > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let text = cut(&cell.text, *width);
            let padding = " ".repeat(width.saturating_sub(text.width()));
            if column.right {
                line.push_str(&padding);
            }
            line.push_str(&style.paint(cell.ink, &text));
            if !column.right {
                line.push_str(&padding);
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// At most `width` columns, with what is too much taken out of the middle: a threshold's name
/// says the most at its ends.
pub(super) fn cut_inside(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let tail = width / 2;
    let mut start = text.len();
    for (index, _) in text.char_indices().rev() {
        if text[index..].width() > tail {
            break;
        }
        start = index;
    }
    format!(
        "{}{}",
        cut(text, width - text[start..].width()),
        &text[start..]
    )
}

/// Breaks a line between words so that no part, indented by so much, is wider than the style's
/// measure; a word that is wider than there is room for is cut.
pub(super) fn wrap(text: &str, indent: usize, style: Style) -> Vec<String> {
    let width = style.measure().saturating_sub(indent);
    let room = style.columns().saturating_sub(indent);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(cut(word, room)),
        }
    }
    lines
}

/// At most `width` columns; what is cut off ends in `…`.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = UnicodeWidthStr::width(c.encode_utf8(&mut [0; 4]) as &str);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        out.push(c);
    }
    out.push('…');
    out
}

/// Takes from one column what all of them are too wide.
fn shrink(widths: &mut [usize], index: usize, style: Style) {
    let excess = total(widths).saturating_sub(style.columns());
    if let Some(width) = widths.get_mut(index) {
        *width = width.saturating_sub(excess).max(NARROWEST.min(*width));
    }
}

/// Cuts the widest column until everything fits, or nothing is left to cut.
fn shrink_widest(widths: &mut [usize], style: Style) {
    while total(widths) > style.columns() {
        let widest = widths.iter().enumerate().max_by_key(|(_, width)| **width);
        let Some((index, _)) = widest.filter(|(_, width)| **width > NARROWEST) else {
            return;
        };
        widths[index] -= 1;
    }
}

fn total(widths: &[usize]) -> usize {
    INDENT + widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new([
            Column::left(""),
            Column::right("time").spare(1),
            Column::right("p95"),
        ]);
        table.row([
            Cell::new("before, and with a long name that does not fit into sixty columns"),
            Cell::new("0.0–5.0 s"),
            Cell::new("2.13"),
        ]);
        table.row([
            Cell::new("日本"),
            Cell::new("5.0–10.0 s"),
            Cell::inked(Ink::Bad, "412"),
        ]);
        table
    }

    #[test]
    fn columns_stay_aligned_whatever_is_in_them() {
        let wide = table().render(Style {
            colour: false,
            width: Some(120),
        });
        let ends: Vec<usize> = wide.lines().map(UnicodeWidthStr::width).collect();
        assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "{wide}");
        assert!(wide.contains("5.0–10.0 s"), "{wide}");
    }

    #[test]
    fn a_narrow_terminal_loses_spare_columns_first_then_the_end_of_the_widest() {
        let narrow = table().render(Style {
            colour: false,
            width: Some(60),
        });
        assert!(
            !narrow.contains("5.0–10.0 s") && narrow.contains('…'),
            "{narrow}"
        );
        assert!(narrow.lines().all(|line| line.width() <= 60), "{narrow}");
    }

    #[test]
    fn colour_changes_no_alignment() {
        let plain = table().render(Style {
            colour: false,
            width: Some(80),
        });
        let coloured = table().render(Style {
            colour: true,
            width: Some(80),
        });
        let mut stripped = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            stripped.push_str(before);
            rest = after.split_once('m').expect("a colour code ends in m").1;
        }
        stripped.push_str(rest);
        assert_ne!(plain, coloured);
        assert_eq!(plain, stripped);
    }
}
