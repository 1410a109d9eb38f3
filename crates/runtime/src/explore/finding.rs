use std::fmt;

/// Something wrong with a program, seen in one run of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What sort of thing.
    pub kind: FindingKind,
    /// What; in several lines where it is an assertion's words.
    pub message: String,
    /// `file:line:column`, relative to the program's folder, where it is known.
    pub place: Option<String>,
}

/// What sort of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// An exception that nothing caught.
    Uncaught,
    /// A promise was rejected and nobody listened.
    UnhandledRejection,
    /// The program ended itself with a code other than 0.
    ExitCode,
    /// A test failed. The message begins with its full name.
    Test,
    /// Nothing is left to happen, and the program still awaits something.
    Deadlock,
    /// A condition given to `always` did not hold.
    Always,
    /// A condition given to `sometimes` held in no run of the search.
    Sometimes,
    /// Something that the program set up and did not take down.
    Leak,
    /// One callback kept the loop from everything else.
    BlockedLoop,
    /// `process.nextTick` callbacks kept the loop from everything else.
    TickStarvation,
    /// Promise jobs kept the loop from everything else.
    MicrotaskStarvation,
    /// The program ran into another of its limits.
    Limit,
    /// Two runs of one schedule were not the same.
    NotDeterministic,
}

impl FindingKind {
    /// Whether it is what ended the program.
    pub const fn is_fatal(self) -> bool {
        matches!(
            self,
            Self::Uncaught | Self::UnhandledRejection | Self::ExitCode | Self::Deadlock
        )
    }

    /// Its name where it is printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uncaught => "uncaught exception",
            Self::UnhandledRejection => "unhandled rejection",
            Self::ExitCode => "exit code",
            Self::Test => "test failed",
            Self::Deadlock => "deadlock",
            Self::Always => "always",
            Self::Sometimes => "sometimes",
            Self::Leak => "leak",
            Self::BlockedLoop => "blocked loop",
            Self::TickStarvation => "nextTick starvation",
            Self::MicrotaskStarvation => "microtask starvation",
            Self::Limit => "limit",
            Self::NotDeterministic => "not deterministic",
        }
    }
}

/// `uncaught exception: Error: lost update (app.mjs:12:9)`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.line())?;
        match &self.place {
            Some(place) => write!(f, " ({place})"),
            None => Ok(()),
        }
    }
}

/// What makes two findings the same one: their kind and place, and their message (of a failed test,
/// its first line) but for its numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FindingId {
    kind: FindingKind,
    place: Option<String>,
    message: String,
}

impl FindingId {
    pub(crate) fn kind(&self) -> FindingKind {
        self.kind
    }

    /// A finding that is the same, its numbers left out.
    pub(crate) fn as_finding(&self) -> Finding {
        Finding {
            kind: self.kind,
            message: self.message.clone(),
            place: self.place.clone(),
        }
    }
}

impl Finding {
    /// Its message in one line.
    pub fn line(&self) -> String {
        let lines: Vec<&str> = self.message.lines().map(str::trim).collect();
        lines.join(" ")
    }

    /// What it is the same as.
    pub fn id(&self) -> FindingId {
        // What a test expected and got is another thing from run to run; its name and what it
        // asserts are not.
        let told = match self.kind {
            FindingKind::Test => self.message.lines().next().unwrap_or_default(),
            _ => &self.message,
        };
        let mut message = String::new();
        for char in told.chars() {
            match char {
                '0'..='9' | '.' if message.ends_with('#') => {}
                '0'..='9' => message.push('#'),
                other => message.push(other),
            }
        }
        FindingId {
            kind: self.kind,
            place: self.place.clone(),
            message,
        }
    }
}

/// Characters of it that are told at most.
const MOST_CHARACTERS: usize = 300;

/// What a program said last: to stderr, where it said anything there. Of an error it is the line
/// that names it, not its stack.
pub(crate) fn last_words(stdout: &[u8], stderr: &[u8]) -> String {
    let last_line = |text: &[u8]| {
        let text = String::from_utf8_lossy(text);
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let told = lines.clone().rfind(|line| !is_detail(line));
        let line = told.or_else(|| lines.next_back())?;
        Some(line.trim().chars().take(MOST_CHARACTERS).collect())
    };
    (last_line(stderr).or_else(|| last_line(stdout)))
        .unwrap_or_else(|| "it wrote nothing".to_owned())
}

/// Whether a line goes with one above it: of a stack, of an object's properties, of a warning.
fn is_detail(line: &str) -> bool {
    line.starts_with([' ', '\t', '}', ']', ')']) || line.starts_with("(Use `node ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(message: &str) -> Finding {
        Finding {
            kind: FindingKind::Uncaught,
            message: message.to_owned(),
            place: Some("a.js:1:1".to_owned()),
        }
    }

    #[test]
    fn numbers_do_not_tell_findings_apart_and_words_and_places_do() {
        let first = finding("Error: the balance is 120, not 130.5");
        assert_eq!(
            first.id(),
            finding("Error: the balance is 95.25, not 7").id()
        );
        assert_ne!(first.id(), finding("Error: the balance is 120").id());
        let elsewhere = Finding {
            place: None,
            ..first.clone()
        };
        assert_ne!(first.id(), elsewhere.id());
    }

    #[test]
    fn last_words_are_those_on_stderr_and_of_an_error_its_name() {
        let stderr = b"warned\nRangeError: too low\n    at f (a.js:1:1) {\n  code: 'LOW'\n}\n\n";
        assert_eq!(last_words(b"out\n", stderr), "RangeError: too low");
        assert_eq!(last_words(b"one\n two\n\n", b"\n"), "one");
        assert_eq!(last_words(b"  two\n", b""), "two");
        assert_eq!(last_words(b"", b""), "it wrote nothing");
    }
}
