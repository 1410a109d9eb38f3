use std::fmt;

use crate::code::Code;
use crate::span::Span;

/// Something the user has to mend, said so that they can: what, where, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, for `rtest explain`.
    pub code: Code,
    /// What is wrong, in plain words, lower case, no full stop.
    pub message: String,
    /// Where; absent where no text is at fault.
    pub span: Option<Span>,
    /// A few words under the marker, where they add to the message.
    pub label: Option<String>,
    /// Further lines of evidence: the tail of a log, what was looked for and what was there.
    pub notes: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without place, notes or hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            span: None,
            label: None,
            notes: Vec::new(),
            hint: None,
        }
    }

    /// Points at a place.
    #[must_use]
    pub fn at(mut self, span: &Span) -> Self {
        self.span = Some(span.clone());
        self
    }

    /// Puts a few words under the marker.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds a line of evidence.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The plain form, as compilers write it; a colour renderer may style the same lines.
///
/// ```text
/// error[RT0101]: there is no key `durration` here
///   --> suites/checkout.yaml:14:7
/// 14 |       durration: 10s
///    |       ^^^^^^^^^ not a key of a scenario
/// hint: did you mean `duration`?
/// ```
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.message)?;
        if let Some(span) = &self.span {
            write!(
                f,
                "\n  --> {span}\n{}",
                Excerpt {
                    span,
                    label: self.label.as_deref()
                }
            )?;
        }
        for note in &self.notes {
            for line in note.lines() {
                write!(f, "\n  | {line}")?;
            }
        }
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

/// A source line with its marker; also used where a verdict points at the suite.
#[derive(Clone, Copy, Debug)]
pub struct Excerpt<'a> {
    /// What to show and mark.
    pub span: &'a Span,
    /// A few words after the marker.
    pub label: Option<&'a str>,
}

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// Characters of source shown at most; beyond it the line is cut around the marker.
        const WIDEST: usize = 110;
        let span = self.span;
        let column = span.column.saturating_sub(span.text_column) as usize;
        let characters: Vec<char> = span.text.trim_end().chars().collect();
        let from = if characters.len() > WIDEST {
            column.saturating_sub(WIDEST / 2)
        } else {
            0
        };
        let shown: String = characters
            .iter()
            .skip(from)
            .take(WIDEST)
            .map(|c| if c.is_control() { ' ' } else { *c })
            .collect();
        let number = span.line.to_string();
        let marker =
            "^".repeat((span.len.max(1) as usize).min(WIDEST.saturating_sub(column - from).max(1)));
        write!(
            f,
            "{number} | {shown}\n{:width$} | {:indent$}{marker}",
            "",
            "",
            width = number.len(),
            indent = column.saturating_sub(from)
        )?;
        match self.label {
            Some(label) => write!(f, " {label}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_shows_what_where_and_what_to_do() {
        let span = Span {
            file: "suites/checkout.yaml".into(),
            line: 14,
            column: 7,
            len: 9,
            text: "      durration: 10s".into(),
            text_column: 1,
        };
        let diagnostic = Diagnostic::new(Code::UnknownKey, "there is no key `durration` here")
            .at(&span)
            .label("not a key of a scenario")
            .hint("did you mean `duration`?");
        assert_eq!(
            diagnostic.to_string(),
            "error[RT0101]: there is no key `durration` here\n  --> suites/checkout.yaml:14:7\n\
             14 |       durration: 10s\n   |       ^^^^^^^^^ not a key of a scenario\n\
             hint: did you mean `duration`?"
        );
    }

    #[test]
    fn a_very_long_line_is_cut_around_its_marker() {
        let text = format!("{}HERE{}", "a".repeat(5000), "b".repeat(5000));
        let span = Span {
            file: "x".into(),
            line: 1,
            column: 5001,
            len: 4,
            text: text.into(),
            text_column: 1,
        };
        is_marked(&span);
    }

    #[test]
    fn a_line_that_is_carried_in_part_is_marked_at_the_same_place() {
        for (before, after) in [(0, 0), (10, 10), (200, 200)] {
            let span = Span {
                file: "x".into(),
                line: 1,
                column: 5001,
                len: 4,
                text: format!("{}HERE{}", "a".repeat(before), "b".repeat(after)).into(),
                text_column: 5001 - before as u32,
            };
            is_marked(&span);
        }
    }

    fn is_marked(span: &Span) {
        let shown = Excerpt { span, label: None }.to_string();
        assert!(shown.contains("HERE") && shown.len() < 300, "{shown}");
        let (line, marker) = shown.split_once('\n').expect("two lines");
        assert_eq!(line.find("HERE"), marker.find('^'), "{shown}");
    }
}
