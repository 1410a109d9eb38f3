use rtest_core::{Diagnostic, Secrets};

/// Kept at most. Nobody reads more at once, and a hostile file could make one of every byte.
const MAX: usize = 200;

/// What is wrong with a suite, gathered by every pass over it: none of them stops at the first.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    found: Vec<Diagnostic>,
    dropped: bool,
}

impl Diagnostics {
    /// Adds one, unless there are more than enough.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        if self.is_full() {
            self.dropped = true;
        } else {
            self.found.push(diagnostic);
        }
    }

    /// Whether there are more than enough, so that looking for more is a waste.
    pub(crate) fn is_full(&self) -> bool {
        self.found.len() >= MAX
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything that is wrong, in the order of the text, each once, without secret values.
    ///
    /// What an alias repeats is read once for each use and would be reported as often; what many
    /// requests share may be wrong in each of them, with another hint.
    pub(crate) fn into_sorted(self, secrets: &Secrets) -> Vec<Diagnostic> {
        let mut found = self.found;
        found.sort_by_key(|diagnostic| {
            diagnostic
                .span
                .as_ref()
                .map(|span| (span.line, span.column))
        });
        let mut sorted: Vec<Diagnostic> = Vec::with_capacity(found.len());
        for diagnostic in found {
            let diagnostic = redacted(diagnostic, secrets);
            let same_place = sorted
                .iter()
                .rev()
                .take_while(|earlier| earlier.span == diagnostic.span);
            let is_told = same_place.into_iter().any(|earlier| {
                (earlier.code, &earlier.message) == (diagnostic.code, &diagnostic.message)
            });
            if !is_told {
                sorted.push(diagnostic);
            }
        }
        if let (true, Some(last)) = (self.dropped, sorted.last_mut()) {
            last.notes
                .push(format!("there is more; these are the first {MAX} found"));
        }
        sorted
    }
}

/// A message may quote a value that came from a secret variable. The source line never does: it
/// shows `${NAME}`.
fn redacted(mut diagnostic: Diagnostic, secrets: &Secrets) -> Diagnostic {
    let texts = std::iter::once(&mut diagnostic.message)
        .chain(diagnostic.label.as_mut())
        .chain(diagnostic.notes.iter_mut())
        .chain(diagnostic.hint.as_mut());
    for text in texts {
        *text = secrets.redact(text).into_owned();
    }
    diagnostic
}

#[cfg(test)]
mod tests {
    use rtest_core::{Code, Span};

    use super::*;

    fn diagnostic(line: u32, message: &str) -> Diagnostic {
        let span = Span {
            line,
            ..Span::of_flag("suite.yaml", "text")
        };
        Diagnostic::new(Code::UnknownKey, message).at(&span)
    }

    #[test]
    fn they_come_in_the_order_of_the_text_each_once_and_without_secrets() {
        let mut secrets = Secrets::default();
        secrets.add("hunter2");
        let mut found = Diagnostics::default();
        for (line, message) in [(7, "b hunter2"), (2, "a"), (7, "c"), (7, "b hunter2")] {
            found.add(diagnostic(line, message));
        }
        let messages: Vec<String> = found
            .into_sorted(&secrets)
            .into_iter()
            .map(|diagnostic| diagnostic.message)
            .collect();
        assert_eq!(messages, ["a", "b [redacted]", "c"]);
    }

    #[test]
    fn more_than_enough_of_them_are_said_to_be_more() {
        let mut found = Diagnostics::default();
        for line in 0..250 {
            found.add(diagnostic(line, "x"));
        }
        let sorted = found.into_sorted(&Secrets::default());
        assert_eq!(sorted.len(), MAX);
        assert_eq!(
            sorted[MAX - 1].notes,
            ["there is more; these are the first 200 found"]
        );
        assert!(sorted[..MAX - 1].iter().all(|it| it.notes.is_empty()));
    }
}
