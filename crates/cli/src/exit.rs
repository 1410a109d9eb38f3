use rtest_core::Code;
use rtest_metrics::Outcome;

/// Why the process ends; the README's table of exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Every gate passed, or the command did what it was asked.
    Passed,
    /// A gate, check, contract, program or hypothesis failed.
    Failed,
    /// The command line or the suite is invalid.
    Usage,
    /// The environment did not come up or was lost, or the target is not there.
    Environment,
    /// Inconclusive, and `--fail-on-inconclusive` was given.
    Inconclusive,
    /// The generator itself was saturated, or could not even begin: there are no valid numbers.
    Invalid,
    /// A bug in rtest, or the disk refused the record.
    Internal,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// A program in the reference runtime ended with its own code.
    Program(u8),
}

impl Exit {
    /// The code that the process ends with.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Environment => 3,
            Self::Inconclusive => 4,
            Self::Invalid => 5,
            Self::Internal => 70,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::Program(code) => code,
        }
    }

    /// The exit of a run of which nothing could be judged: by whoever must mend what its
    /// diagnostic says.
    pub(crate) const fn of_failure(code: Code) -> Self {
        match code {
            Code::ImpossibleStep
            | Code::UnusableFile
            | Code::BadTarget
            | Code::UnreadableContract
            | Code::NothingToSend => Self::Usage,
            Code::GeneratorLimit => Self::Invalid,
            Code::Defect => Self::Internal,
            _ => Self::Environment,
        }
    }

    /// The exit of a judged run. Inconclusive passes unless it is asked to fail.
    pub(crate) const fn of(outcome: Outcome, fail_on_inconclusive: bool) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            Outcome::Inconclusive if fail_on_inconclusive => Self::Inconclusive,
            Outcome::Inconclusive => Self::Passed,
            Outcome::Invalid => Self::Invalid,
            Outcome::EnvironmentFailed => Self::Environment,
            Outcome::Interrupted => Self::Interrupted,
        }
    }
}

/// A command that could not do what it was asked; the message goes to stderr.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
        }
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Internal,
            message: message.into(),
        }
    }

    /// All diagnostics of a suite, in one go.
    pub(crate) fn diagnostics(diagnostics: &[rtest_core::Diagnostic]) -> Self {
        let texts: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        let count = match diagnostics.len() {
            1 => "1 error".to_owned(),
            count => format!("{count} errors"),
        };
        Self::usage(format!(
            "{}\n\n{count}; nothing was started",
            texts.join("\n\n")
        ))
    }
}

/// Anything unforeseen, with its chain of causes.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(format!("error: {error:#}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inconclusive_run_fails_only_when_asked() {
        assert_eq!(Exit::of(Outcome::Inconclusive, false).code(), 0);
        assert_eq!(Exit::of(Outcome::Inconclusive, true).code(), 4);
    }

    #[test]
    fn a_run_that_could_not_be_judged_ends_by_whose_fault_it_is() {
        for (code, exit) in [
            (Code::ImpossibleStep, 2),
            (Code::SetupFailed, 3),
            (Code::Unreachable, 3),
            (Code::GeneratorLimit, 5),
            (Code::Defect, 70),
        ] {
            assert_eq!(Exit::of_failure(code).code(), exit, "{code}");
        }
    }

    #[test]
    fn no_outcome_but_passed_and_inconclusive_ends_with_zero() {
        for outcome in [
            Outcome::Failed,
            Outcome::Invalid,
            Outcome::EnvironmentFailed,
            Outcome::Interrupted,
        ] {
            assert_ne!(Exit::of(outcome, false).code(), 0, "{outcome:?}");
        }
    }
}
