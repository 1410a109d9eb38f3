use std::env;
use std::io::IsTerminal as _;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A view that is redrawn, lasting lines above it.
    Live,
    /// Lasting lines only, and one for the load every ten seconds.
    Plain,
    /// Nothing.
    Silent,
}

impl Mode {
    /// Live on a terminal, unless it is CI's.
    pub(crate) fn detect(quiet: bool) -> Self {
        let in_ci = env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
        let dumb = env::var_os("TERM").is_none_or(|value| value == "dumb" || value.is_empty());
        if quiet {
            Self::Silent
        } else if std::io::stderr().is_terminal() && !in_ci && !dumb {
            Self::Live
        } else {
            Self::Plain
        }
    }
}
