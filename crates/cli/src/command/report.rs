use std::fs;
use std::path::{Path, PathBuf};

use rtest_metrics::record::read;
use rtest_metrics::{RunRecord, Verdict};

use crate::args::{ReportArgs, ReportRequest};
use crate::exit::{Exit, Failure};
use crate::{command::judge, output};

/// Renders a finished, or killed, run again. The exit code is the run's.
pub(crate) fn execute(args: &ReportArgs) -> Result<Exit, Failure> {
    let folder = record_folder(&args.run);
    let record = read(&folder).map_err(|error| {
        Failure::usage(format!(
            "error: {error}\nhint: name a run's folder, as printed at its end: reports/out/RUN-ID"
        ))
    })?;
    let verdict = Verdict::of(&record);
    if args.reports.is_empty() {
        output::data(judge::rendered_for_terminal(&record, &verdict).as_bytes())?;
    }
    write(&args.reports, &record, &verdict)?;
    Ok(Exit::of(verdict.outcome, false))
}

/// Writes each requested report; the folder of its path is made.
pub(crate) fn write(
    requests: &[ReportRequest],
    record: &RunRecord,
    verdict: &Verdict,
) -> Result<(), Failure> {
    for ReportRequest { format, path } in requests {
        let failed = |why: String| Failure::internal(format!("error: {}: {why}", path.display()));
        let reporter = rtest_report::reporter(format)
            .ok_or_else(|| failed(format!("there is no report format `{format}`")))?;
        let bytes = reporter
            .render(record, verdict)
            .map_err(|error| failed(error.to_string()))?;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| failed(error.to_string()))?;
        }
        fs::write(path, bytes).map_err(|error| failed(error.to_string()))?;
    }
    Ok(())
}

/// Either the run's folder or the record's inside it.
fn record_folder(path: &Path) -> PathBuf {
    let inner = path.join("record");
    if inner.is_dir() {
        inner
    } else {
        path.to_owned()
    }
}
