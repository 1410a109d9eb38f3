//! Writing to the two streams: data to stdout, words to stderr.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};

use crate::exit::{Exit, Failure};

/// Whether to colour: `NO_COLOR` and `CLICOLOR_FORCE` before what the stream is.
pub(crate) fn colour(is_terminal: bool) -> bool {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        false
    } else {
        set("CLICOLOR_FORCE").is_some_and(|value| value != "0") || is_terminal
    }
}

/// Columns of the terminal that stdout is on, or what COLUMNS says.
pub(crate) fn terminal_width() -> Option<usize> {
    if io::stdout().is_terminal() {
        Some(usize::from(console::Term::stdout().size().1))
    } else {
        env::var("COLUMNS").ok()?.parse().ok()
    }
}

/// Writes data to stdout. A reader that went away (`rtest … | head`) is not an error.
pub(crate) fn data(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure {
            exit: Exit::Environment,
            message: format!("error: stdout: {error}"),
        }),
        _ => Ok(()),
    }
}

/// Writes a line to stderr; nobody is left to tell when that fails.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Colours a rendered diagnostic: its head red, its places and gutters blue, its hints green.
pub(crate) fn paint_diagnostics(text: &str, colour: bool) -> String {
    if !colour {
        return text.to_owned();
    }
    let paint = |line: &str| {
        let trimmed = line.trim_start();
        if line.starts_with("error") {
            let (head, rest) = line.split_once(": ").unwrap_or((line, ""));
            format!("\x1b[1;31m{head}\x1b[0m\x1b[1m: {rest}\x1b[0m")
        } else if let Some(hint) = line.strip_prefix("hint: ") {
            format!("\x1b[1;32mhint\x1b[0m: {hint}")
        } else if trimmed.starts_with("--> ") {
            format!("\x1b[34m{line}\x1b[0m")
        } else if let Some((gutter, rest)) = line
            .split_once(" | ")
            .filter(|(gutter, _)| gutter.chars().all(|c| c.is_ascii_digit() || c == ' '))
        {
            if rest.trim_start().starts_with('^') {
                format!("\x1b[34m{gutter} |\x1b[0m \x1b[31m{rest}\x1b[0m")
            } else {
                format!("\x1b[34m{gutter} |\x1b[0m {rest}")
            }
        } else {
            line.to_owned()
        }
    };
    text.lines().map(paint).collect::<Vec<_>>().join("\n")
}
