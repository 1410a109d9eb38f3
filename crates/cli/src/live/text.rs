use std::borrow::Cow;

use rtest_core::Secrets;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What a piece of text is, and so how it is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ink {
    #[default]
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Doubtful,
    Fault,
    Accent,
}

impl Ink {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Faint => "2",
            Self::Good => "32",
            Self::Bad => "31",
            Self::Doubtful => "33",
            Self::Fault => "35",
            Self::Accent => "36",
        }
    }
}

/// One line, in pieces of different colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text(Vec<(Ink, String)>);

impl Text {
    /// Without colour.
    pub(crate) fn plain(text: &str) -> Self {
        Self::default().with(Ink::Plain, text)
    }

    /// With a further piece. What would move the cursor or change colours is shown as a blank:
    /// names and descriptions come from outside.
    #[must_use]
    pub(crate) fn with(mut self, ink: Ink, text: &str) -> Self {
        let visible = |c: char| if c.is_control() { ' ' } else { c };
        self.0.push((ink, text.chars().map(visible).collect()));
        self
    }

    /// With blanks up to this column.
    #[must_use]
    pub(crate) fn to(self, column: usize) -> Self {
        let blanks = column.saturating_sub(self.width());
        self.with(Ink::Plain, &" ".repeat(blanks))
    }

    /// With all pieces of another.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Without any secret.
    #[must_use]
    pub(crate) fn redacted(mut self, secrets: &Secrets) -> Self {
        for (_, text) in &mut self.0 {
            if let Cow::Owned(clean) = secrets.redact(text) {
                *text = clean;
            }
        }
        self
    }

    /// Columns that it takes.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// Its beginning, of no more than these columns; `…` stands for what is left out.
    #[must_use]
    pub(crate) fn cut(self, columns: usize) -> Self {
        if self.width() <= columns {
            return self;
        }
        let mut left = columns.saturating_sub(1);
        let mut kept = Self::default();
        for (ink, text) in self.0 {
            let mut piece = String::new();
            for c in text.chars() {
                let width = c.width().unwrap_or(0);
                if width > left {
                    return kept.with(ink, &piece).with(Ink::Faint, "…");
                }
                left -= width;
                piece.push(c);
            }
            kept = kept.with(ink, &piece);
        }
        kept
    }

    /// As a terminal takes it.
    pub(crate) fn paint(&self, colour: bool) -> String {
        let mut painted = String::new();
        for (ink, text) in &self.0 {
            match ink.code() {
                code if colour && !code.is_empty() && !text.is_empty() => {
                    painted.push_str(&format!("\x1b[{code}m{text}\x1b[0m"));
                }
                _ => painted.push_str(text),
            }
        }
        painted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_by_columns_not_by_characters() {
        let text = Text::plain("ab")
            .with(Ink::Bad, "日本語")
            .with(Ink::Good, "x");
        assert_eq!(text.width(), 9);
        assert_eq!(text.clone().cut(9), text);
        let cut = text.clone().cut(6).paint(false);
        assert_eq!(cut, "ab日…");
        assert_eq!(text.cut(1).paint(false), "…");
    }

    #[test]
    fn text_from_outside_moves_no_cursor() {
        let text = Text::plain("a\x1b[2Jb\nc\r").paint(true);
        assert_eq!(text, "a [2Jb c ");
    }

    #[test]
    fn colours_are_left_out_where_they_are_not_wanted() {
        let text = Text::plain("a").with(Ink::Good, "b");
        assert_eq!(text.paint(true), "a\x1b[32mb\x1b[0m");
        assert_eq!(text.paint(false), "ab");
    }
}
