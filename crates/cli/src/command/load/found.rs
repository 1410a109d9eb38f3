use rtest_core::unit::UnitError;
use rtest_core::{Code, Diagnostic, Span};

/// What is wrong with the flags, all of it: nothing stops at the first.
#[derive(Debug, Default)]
pub(super) struct Found(Vec<Diagnostic>);

impl Found {
    /// The value, or a note of what is wrong with it.
    pub(super) fn keep<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.0.push(diagnostic)).ok()
    }

    /// Every value; those that are wrong are left out.
    pub(super) fn keep_all<T>(
        &mut self,
        results: impl IntoIterator<Item = Result<T, Diagnostic>>,
    ) -> Vec<T> {
        let kept = results.into_iter().filter_map(|result| self.keep(result));
        kept.collect()
    }

    /// A flag that is not wrong by itself and still means nothing beside the others. A switch has
    /// no text to point at.
    pub(super) fn refuse(&mut self, flag: &str, text: &str, message: &str, hint: &str) {
        let diagnostic = Diagnostic::new(Code::BadFlag, message).hint(hint);
        self.0.push(match text {
            "" => diagnostic,
            text => diagnostic.at(&Span::of_flag(flag, text)),
        });
    }

    /// What was made of the flags, if nothing is wrong with any of them.
    pub(super) fn or<T>(self, made: Option<T>) -> Result<T, Vec<Diagnostic>> {
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(self.0),
        }
    }
}

/// A value with its unit.
pub(super) fn unit<T>(
    flag: &str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, UnitError>,
) -> Result<T, Diagnostic> {
    parse(text).map_err(|error| {
        Diagnostic::new(Code::BadUnit, error.message)
            .at(&Span::of_flag(flag, text))
            .hint(error.hint)
    })
}

/// A value with its unit that must not be zero.
pub(super) fn positive(flag: &str, text: &str) -> Result<std::time::Duration, Diagnostic> {
    let duration = unit(flag, text, rtest_core::unit::parse_duration)?;
    if duration.is_zero() {
        return Err(
            Diagnostic::new(Code::OutOfRange, format!("{flag} must be above 0"))
                .at(&Span::of_flag(flag, text)),
        );
    }
    Ok(duration)
}

/// A value that is not what its flag takes.
pub(super) fn bad(flag: &str, text: &str, message: String, hint: &str) -> Diagnostic {
    Diagnostic::new(Code::BadFlag, message)
        .at(&Span::of_flag(flag, text))
        .hint(hint)
}
