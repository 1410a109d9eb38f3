use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use rtest_runtime::Trace;

use crate::exit::{Exit, Failure};

/// Writes a trace in the form that the file's name says: `.html` a waterfall, `.json` and `.jsonl`
/// one object a line, anything else one line of text an event.
pub(super) fn write(trace: &Trace, path: &Path) -> Result<(), Failure> {
    let written = File::create(path).and_then(|file| {
        let mut out = BufWriter::new(file);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("html") => trace.write_html(&mut out)?,
            Some("json" | "jsonl") => trace.write_json_lines(&mut out)?,
            _ => trace.write(&mut out)?,
        }
        out.flush()
    });
    written.map_err(|error| Failure {
        exit: Exit::Usage,
        message: format!("error: {}: {error}", path.display()),
    })
}
