use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::PathBuf;

use rtest_runtime::{ProgramOptions, ProgramOutcome, TraceOf};

use super::again;
use crate::args::SimArgs;
use crate::exit::Failure;

/// The file that `--trace` names, opened before anything is run for it.
pub(super) struct TraceFile {
    path: PathBuf,
    file: File,
}

impl TraceFile {
    /// The file, where one is asked for. What was in it stays until there is a trace.
    pub(super) fn of(args: &SimArgs) -> Result<Option<Self>, Failure> {
        let Some(path) = args.trace.clone() else {
            return Ok(None);
        };
        let mut open = OpenOptions::new();
        match open.write(true).create(true).truncate(false).open(&path) {
            Ok(file) => Ok(Some(Self { path, file })),
            Err(error) => Err(Failure::usage(format!(
                "error: --trace: {}: {error}",
                path.display()
            ))),
        }
    }

    /// Writes the trace of a run in the form that the file's name says: `.html` a waterfall,
    /// `.json` and `.jsonl` one object a line, anything else one line of text an event.
    pub(super) fn write(
        self,
        outcome: &ProgramOutcome,
        args: &SimArgs,
        run: &ProgramOptions,
    ) -> Result<(), Failure> {
        let trace = &outcome.trace;
        let written = self.file.set_len(0).and_then(|()| {
            let mut out = BufWriter::new(&self.file);
            match self
                .path
                .extension()
                .and_then(|extension| extension.to_str())
            {
                Some("html") => {
                    let of = TraceOf {
                        program: args.program.display().to_string(),
                        findings: outcome.findings.clone(),
                        seed: run.seed,
                        replay: again(args, run),
                    };
                    trace.write_html(&of, &mut out)?;
                }
                Some("json" | "jsonl") => trace.write_json_lines(&mut out)?,
                _ => trace.write(&mut out)?,
            }
            out.flush()
        });
        written.map_err(|error| Failure::usage(format!("error: {}: {error}", self.path.display())))
    }
}
