use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rtest_core::{Broken, BrokenThing};
use rtest_env::{Leftovers, end_leftovers, process_started};
use rtest_metrics::record::{UndoRecord, UndoWriter, read_undo};

use crate::args::UndoArgs;
use crate::command::judge::DEFAULT_OUT;
use crate::exit::{Exit, Failure};
use crate::output;

/// Mends what a run's journal says is broken, shows that nothing is left of it, and writes that
/// into the journal. Only what carries the run's mark is touched.
pub(super) fn execute(args: &UndoArgs) -> Result<Exit, Failure> {
    let out = args.out.clone().unwrap_or_else(|| DEFAULT_OUT.into());
    let Some((folder, journal)) = find(args.run.as_deref(), &out)? else {
        output::data(b"nothing to undo: no run here has broken anything\n")?;
        return Ok(Exit::Passed);
    };
    let (pid, started) = journal.controller;
    if process_started(pid) == Some(started) && started != 0 {
        return Err(Failure::usage(format!(
            "error: the run {} still goes, as process {pid}\n\
             hint: Ctrl-C ends it and mends what is broken; should it hang: `kill -9 {pid}`, and this again",
            journal.run_id
        )));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let leftovers = runtime.block_on(end_leftovers(&journal.run_id));
    let (text, is_clean) = report(&folder, &journal, leftovers);
    write_down(&folder, &journal, leftovers)?;
    output::data(text.as_bytes())?;
    Ok(if is_clean { Exit::Passed } else { Exit::Failed })
}

/// The record's folder of the run that is meant, with its journal.
fn find(run: Option<&Path>, out: &Path) -> Result<Option<(PathBuf, UndoRecord)>, Failure> {
    let read = |folder: &Path| {
        let record = folder.join("record");
        let journal = read_undo(&record).map_err(|error| {
            let shown = record.display();
            Failure::usage(format!(
                "error: {shown}: its journal cannot be read: {error}"
            ))
        })?;
        Ok::<_, Failure>(journal.map(|journal| (record, journal)))
    };
    if let Some(run) = run {
        let folder = if run.is_dir() {
            run.to_owned()
        } else {
            out.join(run)
        };
        if !folder.join("record").is_dir() {
            return Err(Failure::usage(format!(
                "error: {} is not a run's folder\nhint: name one as printed at its end, reports/out/RUN-ID, or its id",
                run.display()
            )));
        }
        return read(&folder);
    }
    // Ids begin with the time, so the newest is the last.
    let mut folders: Vec<PathBuf> = fs::read_dir(out)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    for folder in folders.iter().rev() {
        if let Some(found) = read(folder)?
            && found.1.broken > 0
        {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn report(folder: &Path, journal: &UndoRecord, leftovers: Leftovers) -> (String, bool) {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "run {}  ({})", journal.run_id, folder.display());
    for open in &journal.open {
        let _ = writeln!(
            text,
            "  {}  {}: {}",
            open.name,
            open.what,
            fate(open, leftovers)
        );
    }
    if journal.open.is_empty() {
        let broken = journal.broken;
        let _ = writeln!(text, "  nothing to undo: all {broken} faults are mended");
    }
    let _ = writeln!(
        text,
        "  {} of its processes were ended, {} of its control groups removed",
        leftovers.processes, leftovers.groups
    );
    let is_clean = leftovers.left == 0;
    let _ = if is_clean {
        writeln!(text, "nothing is left of it")
    } else {
        writeln!(text, "STILL THERE: {} processes or groups", leftovers.left)
    };
    (text, is_clean)
}

/// What has become of something that the run left broken.
fn fate(broken: &Broken, leftovers: Leftovers) -> String {
    let of = |thing: &BrokenThing| match thing {
        BrokenThing::Link { listen } => {
            format!("its proxy at {listen} is gone with the program")
        }
        BrokenThing::Service { name, processes } => {
            let still = processes.is_some_and(|mark| {
                u32::try_from(mark.group).is_ok_and(|pid| {
                    process_started(pid).is_some_and(|started| started == mark.started)
                })
            });
            if still || leftovers.left > 0 {
                format!("`{name}` is still there")
            } else {
                format!("`{name}` is gone with the run")
            }
        }
    };
    broken.things.iter().map(of).collect::<Vec<_>>().join(", ")
}

fn write_down(folder: &Path, journal: &UndoRecord, leftovers: Leftovers) -> Result<(), Failure> {
    if journal.open.is_empty() {
        return Ok(());
    }
    let write = || {
        let mut writer = UndoWriter::reopen(folder)?;
        for open in &journal.open {
            writer.mended(open.fault, leftovers.left == 0, &fate(open, leftovers))?;
        }
        Ok::<_, std::io::Error>(())
    };
    write().map_err(|error| Failure {
        exit: Exit::Environment,
        message: format!("error: {}: {error}", folder.display()),
    })
}
