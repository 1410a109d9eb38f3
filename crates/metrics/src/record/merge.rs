//! Several records, each of a part of one load, become the record of the whole.
//!
//! A plan that is run as `--shard 1/3`, `2/3` and `3/3` sends together what it would send alone,
//! and its histograms have one layout. So the merged record is written as if one run had made it:
//! every tick of every part, in the order of time, from workers of distinct numbers. Nothing is
//! summed here, and no percentile is read: whoever reads the record folds it as any other.
//!
//! Each part has a run clock of its own. They are put together at the start of the load, which is
//! the zero of the plan that they share. How far those starts were really apart is in the header,
//! and is judged: parts that ran one after the other are not one load.

use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rtest_core::Secrets;
use rtest_core::clock::RunTime;
use rtest_core::sample::{LoadTick, MetricValues};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::folder::{Replay, holds_record, read_header};
use super::{EntryKind, Header, PartHeader, RecordError, RecordWriter};
use crate::run_record::{Ending, RunRecord};

/// Records that cannot be merged.
#[derive(Debug, thiserror::Error)]
#[error("{path}")]
pub struct MergeError {
    /// The folder that is in the way.
    pub path: String,
    /// Why.
    #[source]
    pub kind: MergeErrorKind,
}

/// Why records cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeErrorKind {
    /// One could not be read, or the merged one not be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// None was named.
    #[error("name the folders of all parts")]
    Nothing,
    /// Where the merged record is to go is one already.
    #[error("there is a record already; name another folder")]
    Exists,
    /// It is of a whole run.
    #[error("is the record of a whole run, not of a part: parts are run with `--shard i/N`")]
    NotAPart,
    /// It cannot be split.
    #[error("the run has {0}, which are no part of a load: run them once, beside the parts")]
    MoreThanLoad(&'static str),
    /// It is of another run.
    #[error("its {what} is not that of {other}: parts of one load have the same")]
    Differs {
        /// In what.
        what: &'static str,
        /// The part that it was compared with.
        other: String,
    },
    /// The same part is there already.
    #[error("is part {shard}, and so is {other}")]
    Twice {
        /// Which part.
        shard: String,
        /// Where else.
        other: String,
    },
    /// Not all parts are there.
    #[error("of the same load, these parts are missing: {}", .0.join(", "))]
    Missing(Vec<String>),
    /// It ends before the run did.
    #[error(
        "part {shard} {why}; with a part missing, the load was not the one asked for: run all \
         parts again"
    )]
    NotWhole {
        /// Which part.
        shard: String,
        /// What became of it.
        why: &'static str,
    },
}

/// Merges the records of all parts of one load into a record of its own, and reads it. Each input
/// is a run's folder or the record's inside of it, in any order; `into` becomes a record's folder.
///
/// # Errors
/// When the parts are not those of one load, each there once and whole, or do more than load; when
/// a file cannot be read or written.
pub fn merge(inputs: &[PathBuf], into: &Path) -> Result<RunRecord, MergeError> {
    if holds_record(into) {
        return Err(at(into, MergeErrorKind::Exists));
    }
    let parts = inputs.iter().map(|input| Part::read(input));
    let mut parts: Vec<Part> = parts.collect::<Result<_, _>>()?;
    parts.sort_by_key(|part| part.index);
    check(&parts)?;
    let header = header(&parts, inputs);
    let mut writer = RecordWriter::create(into, header, Secrets::default())
        .map_err(|error| at(into, error.into()))?;
    write(&parts, &mut writer, into)?;
    Ok(writer.record().clone())
}

fn at(path: &Path, kind: MergeErrorKind) -> MergeError {
    MergeError {
        path: path.display().to_string(),
        kind,
    }
}

/// A part's record.
struct Part {
    folder: PathBuf,
    header: Header,
    /// Which part, from 0, of how many.
    index: u32,
    of: u32,
    /// `1/3`.
    shard: String,
    /// The start of its load on its own run clock.
    start: RunTime,
    /// The same by the clock of its machine.
    began: OffsetDateTime,
}

impl Part {
    /// Reads all of a part's entries once: whether it is whole, and when its load began.
    fn read(input: &Path) -> Result<Self, MergeError> {
        let inside = input.join("record");
        let folder = if holds_record(&inside) {
            inside
        } else {
            input.to_owned()
        };
        let failed = |kind| at(&folder, kind);
        let header = read_header(&folder).map_err(|error| failed(error.into()))?;
        let shard = header.shard.clone();
        let numbers = shard.as_deref().and_then(numbers);
        let Some((shard, (index, of))) = shard.zip(numbers) else {
            return Err(failed(MergeErrorKind::NotAPart));
        };
        for (what, is_there) in [
            ("faults", !header.faults.is_empty()),
            ("a hypothesis' probes", !header.hypothesis.is_empty()),
            ("contracts", !header.contracts.is_empty()),
            ("cases", !header.cases.is_empty()),
            ("programs", !header.sims.is_empty()),
        ] {
            if is_there {
                return Err(failed(MergeErrorKind::MoreThanLoad(what)));
            }
        }
        let not_whole = |why| MergeErrorKind::NotWhole {
            shard: shard.clone(),
            why,
        };
        let mut entries = Replay::open(&folder).map_err(|error| failed(error.into()))?;
        let mut record = RunRecord::new(header);
        let mut start: Option<RunTime> = None;
        for (entry, tick) in entries.by_ref() {
            record.apply(&entry);
            if let Some(tick) = tick {
                start = Some(start.map_or(tick.from, |known| known.min(tick.from)));
            }
        }
        match record.ending {
            Ending::Whole if entries.damaged() > 0 => {
                return Err(failed(not_whole("has damaged histograms")));
            }
            Ending::Whole => {}
            Ending::CutOff => return Err(failed(not_whole("was cut off"))),
            Ending::Interrupted => return Err(failed(not_whole("was interrupted"))),
            Ending::EnvironmentFailed(_) => return Err(failed(not_whole("never began"))),
        }
        let start = start.ok_or_else(|| failed(not_whole("sent no load")))?;
        let started = OffsetDateTime::parse(&record.header.started_at, &Rfc3339)
            .map_err(|_| failed(not_whole("does not say when it began")))?;
        Ok(Self {
            folder,
            header: record.header,
            index,
            of,
            shard,
            start,
            began: started + start.since(RunTime::ZERO),
        })
    }
}

/// Part and number of parts of `1/3`: 0 of 3.
fn numbers(shard: &str) -> Option<(u32, u32)> {
    let (number, of) = shard.split_once('/')?;
    let (number, of): (u32, u32) = (number.parse().ok()?, of.parse().ok()?);
    (1..=of).contains(&number).then(|| (number - 1, of))
}

/// That the parts, in order, are all parts of one load.
fn check(parts: &[Part]) -> Result<(), MergeError> {
    let Some(first) = parts.first() else {
        return Err(at(Path::new("merge"), MergeErrorKind::Nothing));
    };
    let plan = plan(&first.header);
    for part in &parts[1..] {
        let (header, other) = (&part.header, &first.header);
        let differs = [
            ("suite", header.suite_hash != other.suite_hash),
            ("seed", header.seed != other.seed),
            ("number of parts", part.of != first.of),
            ("load", self::plan(header) != plan),
        ];
        if let Some((what, _)) = differs.into_iter().find(|(_, differs)| *differs) {
            let other = first.folder.display().to_string();
            return Err(at(&part.folder, MergeErrorKind::Differs { what, other }));
        }
    }
    for pair in parts.windows(2) {
        if pair[0].index == pair[1].index {
            let kind = MergeErrorKind::Twice {
                shard: pair[0].shard.clone(),
                other: pair[0].folder.display().to_string(),
            };
            return Err(at(&pair[1].folder, kind));
        }
    }
    let is_there = |index: &u32| parts.iter().any(|part| part.index == *index);
    let missing = (0..first.of).filter(|index| !is_there(index));
    let missing: Vec<String> = missing
        .map(|index| format!("{}/{}", index + 1, first.of))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(at(&first.folder, MergeErrorKind::Missing(missing)))
    }
}

/// What was to be sent and how it is judged, without where it stands in the suite or where the
/// target is: machines may keep the suite, and their target, in different places.
fn plan(header: &Header) -> Option<Value> {
    let mut plan = serde_json::to_value(&header.load).ok()?;
    plan.as_object_mut()?.remove("target");
    without_places(&mut plan);
    Some(plan)
}

fn without_places(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("span");
            fields.values_mut().for_each(without_places);
        }
        Value::Array(items) => items.iter_mut().for_each(without_places),
        _ => {}
    }
}

/// The header of the first part, as the whole's.
fn header(parts: &[Part], inputs: &[PathBuf]) -> Header {
    let first = &parts[0].header;
    let begin = parts.iter().map(|part| part.began).min();
    let after = |part: &Part| begin.map_or(time::Duration::ZERO, |begin| part.began - begin);
    let earliest = parts.iter().min_by_key(|part| part.began);
    let folders = inputs.iter().map(|input| input.display().to_string());
    Header {
        run_id: format!("{}-merged", first.run_id),
        started_at: earliest.map_or_else(String::new, |part| part.header.started_at.clone()),
        command: format!("rtest merge {}", folders.collect::<Vec<_>>().join(" ")),
        shard: None,
        parts: parts
            .iter()
            .map(|part| PartHeader {
                shard: part.shard.clone(),
                run_id: part.header.run_id.clone(),
                host: part.header.host.clone(),
                began_after_ms: u64::try_from(after(part).whole_milliseconds()).unwrap_or(0),
            })
            .collect(),
        ..first.clone()
    }
}

/// Writes every part's entries in the order of time.
fn write(parts: &[Part], writer: &mut RecordWriter, into: &Path) -> Result<(), MergeError> {
    let latest = parts.iter().map(|part| part.start).max();
    let mut clocks: Vec<Clocked> = Vec::with_capacity(parts.len());
    for part in parts {
        let replay = Replay::open(&part.folder).map_err(|error| at(&part.folder, error.into()))?;
        clocks.push(Clocked {
            // Forward, so that nothing falls before the run's zero.
            ahead: latest.map_or(Duration::ZERO, |latest| latest.since(part.start)),
            entries: replay.peekable(),
        });
    }
    let mut stages = Stages::default();
    let of = u16::try_from(parts.len()).unwrap_or(u16::MAX);
    let mut last = RunTime::ZERO;
    while let Some((now, place)) = earliest(&mut clocks) {
        let clock = &mut clocks[place];
        let Some((entry, tick)) = clock.entries.next() else {
            break;
        };
        last = now;
        let kind = match (entry.kind, tick) {
            (EntryKind::LoadTick(_), Some(mut tick)) => {
                // Worker w of part p of N: no other worker has the number w · N + p.
                let part = u16::try_from(place).unwrap_or(u16::MAX);
                tick.worker = tick.worker.saturating_mul(of).saturating_add(part);
                shift(&mut tick, clock.ahead);
                let written = writer.tick(now, &tick);
                written.map_err(|error| at(into, error.into()))?;
                continue;
            }
            (kind, _) => kind,
        };
        if let Some(kind) = stages.of_whole(of_part(kind, &parts[place]), parts.len()) {
            let written = writer.entry(now, kind);
            written.map_err(|error| at(into, error.into()))?;
        }
    }
    let written = writer.entry(last, EntryKind::Ended);
    written.map_err(|error| at(into, error.into()))
}

/// A part's entries, and how much the merged clock is ahead of its own.
struct Clocked {
    ahead: Duration,
    entries: Peekable<Replay>,
}

/// The part whose next entry is the earliest on the merged clock.
fn earliest(clocks: &mut [Clocked]) -> Option<(RunTime, usize)> {
    let nexts = clocks.iter_mut().enumerate().filter_map(|(place, clock)| {
        let (entry, _) = clock.entries.peek()?;
        Some((RunTime::from_nanos(entry.at_ns) + clock.ahead, place))
    });
    nexts.min()
}

fn shift(tick: &mut LoadTick, by: Duration) {
    tick.from = tick.from + by;
    tick.to = tick.to + by;
    for metric in &mut tick.metrics {
        if let MetricValues::Gauge { last, .. } = &mut metric.values {
            last.0 = last.0 + by;
        }
    }
}

/// The entry, where it says of which part it is.
fn of_part(kind: EntryKind, of: &Part) -> EntryKind {
    match kind {
        EntryKind::Generator {
            cpu_share,
            open_files,
            open_files_limit,
            busiest_worker,
            waited_for_core,
            local_ports,
            local_ports_limit,
            part: _,
        } => EntryKind::Generator {
            cpu_share,
            open_files,
            open_files_limit,
            busiest_worker,
            waited_for_core,
            local_ports,
            local_ports_limit,
            part: of.index,
        },
        EntryKind::Note { text } => EntryKind::Note {
            text: format!("part {}: {text}", of.shard),
        },
        kind => kind,
    }
}

/// A stage of the whole begins with the first part's and ends with the last one's.
#[derive(Default)]
struct Stages {
    begun: Vec<String>,
    ended: Vec<String>,
}

impl Stages {
    /// The entry, where it is one of the whole, too.
    fn of_whole(&mut self, kind: EntryKind, parts: usize) -> Option<EntryKind> {
        match &kind {
            EntryKind::StageStarted { stage } => {
                let first = !self.begun.contains(stage);
                self.begun.push(stage.clone());
                first.then_some(kind)
            }
            EntryKind::StageFinished { stage } => {
                self.ended.push(stage.clone());
                let ended = self.ended.iter().filter(|known| *known == stage).count();
                (ended == parts).then_some(kind)
            }
            // The whole ends once, after everything.
            EntryKind::Ended => None,
            _ => Some(kind),
        }
    }
}
