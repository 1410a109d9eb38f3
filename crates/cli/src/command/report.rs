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
            "error: {}\nhint: name a run's folder, as printed at its end: reports/out/RUN-ID",
            rtest_core::causes(&error)
        ))
    })?;
    let verdict = Verdict::of(&record);
    if args.reports.is_empty() {
        output::data(judge::rendered_for_terminal(&record, &verdict).as_bytes())?;
    }
    write(&args.reports, &record, &verdict)?;
    Ok(Exit::of(verdict.outcome, false))
}

/// Refuses, before anything is run, what could not be written after it.
pub(crate) fn refuse_unwritable(requests: &[ReportRequest]) -> Result<(), Failure> {
    for ReportRequest { path, .. } in requests {
        let why = if path.as_os_str() == "-" {
            Some("a report goes into a file; stdout has the verdict".to_owned())
        } else if path.is_dir() {
            Some("is a folder; name a file in it".to_owned())
        } else {
            let parent = path
                .parent()
                .filter(|parent| !parent.as_os_str().is_empty());
            parent
                .and_then(|parent| fs::create_dir_all(parent).err())
                .map(|error| error.to_string())
        };
        if let Some(why) = why {
            return Err(Failure::usage(format!(
                "error: --report {}: {why}",
                path.display()
            )));
        }
    }
    Ok(())
}

/// Writes each requested report, making the folder of its path, and says where it is. One that
/// cannot be written does not keep the others from being so.
pub(crate) fn write(
    requests: &[ReportRequest],
    record: &RunRecord,
    verdict: &Verdict,
) -> Result<(), Failure> {
    let mut failures = Vec::new();
    for request in requests {
        match write_one(request, record, verdict) {
            Ok(()) => output::say(&format!(
                "{:>8}  {}",
                request.format,
                request.path.display()
            )),
            Err(why) => failures.push(format!("error: {}: {why}", request.path.display())),
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(Failure::usage(failures.join("\n")))
    }
}

fn write_one(request: &ReportRequest, record: &RunRecord, verdict: &Verdict) -> Result<(), String> {
    let reporter = rtest_report::reporter(&request.format)
        .ok_or_else(|| format!("there is no report format `{}`", request.format))?;
    let bytes = reporter
        .render(record, verdict)
        .map_err(|error| error.to_string())?;
    if let Some(parent) = request.path.parent() {
        fs::create_dir_all(parent).map_err(|error| error.to_string())?;
    }
    fs::write(&request.path, bytes).map_err(|error| error.to_string())
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
