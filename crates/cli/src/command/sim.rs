use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use rtest_runtime::{
    ProgramOptions, ProgramOutcome, RuntimeError, RuntimeErrorKind, Trace, run_program,
};

use crate::args::SimArgs;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::shell::quoted;

/// Runs one program: its output goes to the streams that node would write it to, its exit code is
/// the command's, and everything of rtest's own is on stderr.
pub(crate) fn execute(args: &SimArgs) -> Result<Exit, Failure> {
    let mut options = ProgramOptions::new(args.seed);
    options.args.clone_from(&args.args);
    options.trace = args.trace.is_some();
    match run_program(&args.program, &options) {
        Ok(outcome) => {
            show(&outcome, args.trace.as_deref())?;
            Ok(Exit::Program(outcome.exit_code as u8))
        }
        Err(RuntimeError {
            program,
            kind,
            outcome,
        }) => {
            if let Some(outcome) = outcome {
                show(&outcome, args.trace.as_deref())?;
            }
            let exit = match kind {
                RuntimeErrorKind::Unreadable(_) | RuntimeErrorKind::UnsupportedFile => Exit::Usage,
                RuntimeErrorKind::Unavailable { .. } | RuntimeErrorKind::Budget(_) => Exit::Failed,
                RuntimeErrorKind::Engine(_) => Exit::Internal,
            };
            let mut message = format!("error: {}: {kind}", program.display());
            if exit != Exit::Usage {
                let program = quoted(&program.display().to_string());
                let more = own_arguments(&args.args);
                message.push_str(&format!(
                    "\nreplay: rtest sim {program} --seed {}{more}",
                    args.seed
                ));
            }
            Err(Failure { exit, message })
        }
    }
}

/// The program's own arguments, as they are typed.
fn own_arguments(args: &[String]) -> String {
    let words: Vec<String> = args
        .iter()
        .map(|word| format!(" {}", quoted(word)))
        .collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" --{}", words.concat())
    }
}

fn show(outcome: &ProgramOutcome, trace: Option<&Path>) -> Result<(), Failure> {
    output::data(&outcome.stdout)?;
    // Nobody is left to tell when stderr is closed.
    let _ = std::io::stderr().write_all(&outcome.stderr);
    match trace {
        Some(path) => write_trace(&outcome.trace, path),
        None => Ok(()),
    }
}

fn write_trace(trace: &Trace, path: &Path) -> Result<(), Failure> {
    let written = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        trace.write(&mut out)?;
        out.flush()
    });
    written.map_err(|error| Failure {
        exit: Exit::Usage,
        message: format!("error: {}: {error}", path.display()),
    })
}
