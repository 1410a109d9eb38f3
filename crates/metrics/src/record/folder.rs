use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Lines, Write};
use std::path::{Path, PathBuf};

use rtest_core::Secrets;
use rtest_core::clock::RunTime;
use rtest_core::event::{Event, EventKind};
use rtest_core::sample::LoadTick;

use super::hlog::{HlogLine, HlogWriter};
use super::redacted::redacted;
use super::{Entry, EntryKind, Header, SCHEMA, TickEntry};
use crate::run_record::RunRecord;

/// The header's file.
const HEADER: &str = "run.json";
/// Entries, one JSON object a line.
const EVENTS: &str = "events.jsonl";
/// Histograms.
const HISTOGRAMS: &str = "load.hlog";

/// A record that could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("{path}")]
pub struct RecordError {
    /// The file.
    pub path: String,
    /// What is wrong with it.
    #[source]
    pub kind: RecordErrorKind,
}

/// What is wrong with a record's file.
#[derive(Debug, thiserror::Error)]
pub enum RecordErrorKind {
    /// The system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Not the JSON that a record holds.
    #[error("not a run's record: {0}")]
    Malformed(String),
    /// Written by a newer rtest.
    #[error("the record has layout {found}, this rtest reads up to {SCHEMA}: use a newer rtest")]
    Newer {
        /// The record's layout.
        found: u32,
    },
}

/// Appends to a run's record as the run goes, and keeps the fold beside it. Everything is
/// redacted here, and flushed line by line: a killed run leaves a record that can be read.
pub struct RecordWriter {
    events: BufWriter<File>,
    histograms: HlogWriter<BufWriter<File>>,
    secrets: Secrets,
    folder: PathBuf,
    record: RunRecord,
}

impl RecordWriter {
    /// Makes the folder and writes the header.
    ///
    /// # Errors
    /// When the folder or a file cannot be made.
    pub fn create(folder: &Path, header: Header, secrets: Secrets) -> Result<Self, RecordError> {
        let at = |path: &Path| {
            let path = path.display().to_string();
            move |error: io::Error| RecordError {
                path,
                kind: error.into(),
            }
        };
        fs::create_dir_all(folder).map_err(at(folder))?;
        let header_path = folder.join(HEADER);
        // What reports show is what the record holds.
        let header = redacted(&header, &secrets)
            .map_err(|error| at(&header_path)(io::Error::other(error)))?;
        let text = serde_json::to_string_pretty(&header)
            .map_err(|error| at(&header_path)(io::Error::other(error)))?;
        fs::write(&header_path, format!("{text}\n")).map_err(at(&header_path))?;
        let create = |name: &str| {
            let path = folder.join(name);
            File::create(&path).map(BufWriter::new).map_err(at(&path))
        };
        let histograms_path = folder.join(HISTOGRAMS);
        Ok(Self {
            events: create(EVENTS)?,
            histograms: HlogWriter::new(create(HISTOGRAMS)?).map_err(at(&histograms_path))?,
            secrets,
            folder: folder.to_owned(),
            record: RunRecord::new(header),
        })
    }

    /// Appends an event; its examples of errors and violations, which hold what a server sent, are
    /// redacted in place.
    ///
    /// # Errors
    /// When a file cannot be written (disk full).
    pub fn event(&mut self, event: &mut Event) -> Result<(), RecordError> {
        if let EventKind::LoadTick(tick) = &mut event.kind {
            for example in &mut tick.examples {
                example.message = self.secrets.redact(&example.message).into_owned();
            }
            for violation in &mut tick.violations {
                let first = &mut violation.first;
                for text in [
                    &mut first.location,
                    &mut first.expected,
                    &mut first.actual,
                    &mut first.message,
                ] {
                    *text = self.secrets.redact(text).into_owned();
                }
            }
            // JSON has no infinity.
            tick.metrics.retain(|metric| metric.values.is_finite());
            return self.tick(event.at, tick);
        }
        self.entry(event.at, EntryKind::new(&event.kind, 0))
    }

    /// Appends a load tick whose texts are redacted.
    pub(super) fn tick(&mut self, at: RunTime, tick: &LoadTick) -> Result<(), RecordError> {
        // Histograms first: an entry promises lines that are already there.
        let lines = self
            .histograms
            .tick(tick)
            .map_err(|error| self.failed(HISTOGRAMS, error))?;
        self.record.apply_tick(tick);
        self.entry(at, EntryKind::LoadTick(TickEntry::new(tick, lines)))
    }

    /// Appends an entry that no engine emits: how the run ended.
    ///
    /// # Errors
    /// When a file cannot be written (disk full).
    pub fn entry(&mut self, at: RunTime, kind: EntryKind) -> Result<(), RecordError> {
        let entry = Entry {
            at_ns: at.as_nanos(),
            kind,
        };
        let malformed = |error: serde_json::Error| self.failed(EVENTS, io::Error::other(error));
        let entry = redacted(&entry, &self.secrets).map_err(malformed)?;
        let text = serde_json::to_string(&entry).map_err(malformed)?;
        writeln!(self.events, "{text}")
            .and_then(|()| self.events.flush())
            .map_err(|error| self.failed(EVENTS, error))?;
        self.record.apply(&entry);
        Ok(())
    }

    /// The run so far.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    fn failed(&self, file: &str, error: io::Error) -> RecordError {
        RecordError {
            path: self.folder.join(file).display().to_string(),
            kind: error.into(),
        }
    }
}

/// Reads a run's record; one that was cut off is read as far as it goes.
///
/// # Errors
/// When a file is missing, is no record's, or was written by a newer rtest.
pub fn read(folder: &Path) -> Result<RunRecord, RecordError> {
    let mut record = RunRecord::new(read_header(folder)?);
    for (entry, tick) in Replay::open(folder)? {
        record.apply(&entry);
        if let Some(tick) = tick {
            record.apply_tick(&tick);
        }
    }
    Ok(record)
}

/// Whether a folder is a record's.
pub(super) fn holds_record(folder: &Path) -> bool {
    folder.join(HEADER).is_file()
}

/// Reads what was to be run.
///
/// # Errors
/// When the file is missing, is no record's, or was written by a newer rtest.
pub(super) fn read_header(folder: &Path) -> Result<Header, RecordError> {
    let text = fs::read_to_string(folder.join(HEADER))
        .map_err(|error| failed(folder, HEADER, error.into()))?;
    let malformed = |text: String| failed(folder, HEADER, RecordErrorKind::Malformed(text));
    let schema = serde_json::from_str::<serde_json::Value>(&text)
        .map_err(|error| malformed(error.to_string()))?
        .get("schema")
        .and_then(serde_json::Value::as_u64)
        .ok_or_else(|| malformed("it has no `schema`".to_owned()))?;
    if schema > u64::from(SCHEMA) {
        let found = u32::try_from(schema).unwrap_or(u32::MAX);
        return Err(failed(folder, HEADER, RecordErrorKind::Newer { found }));
    }
    serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))
}

fn failed(folder: &Path, name: &str, kind: RecordErrorKind) -> RecordError {
    RecordError {
        path: folder.join(name).display().to_string(),
        kind,
    }
}

/// The entries of a record in the order in which they were written, load ticks with all of their
/// histograms. Ends where the record does, whole or not.
pub(super) struct Replay {
    entries: Lines<BufReader<File>>,
    histograms: Lines<BufReader<File>>,
    damaged: u64,
}

impl Replay {
    /// Begins at the first entry.
    ///
    /// # Errors
    /// When a file is missing.
    pub(super) fn open(folder: &Path) -> Result<Self, RecordError> {
        let open = |name: &str| {
            File::open(folder.join(name))
                .map(|file| BufReader::new(file).lines())
                .map_err(|error| failed(folder, name, error.into()))
        };
        Ok(Self {
            entries: open(EVENTS)?,
            histograms: open(HISTOGRAMS)?,
            damaged: 0,
        })
    }

    /// Histograms that the entries so far promise, and that could not be read.
    pub(super) fn damaged(&self) -> u64 {
        self.damaged
    }

    /// Puts a tick's histograms into it.
    fn fill(&mut self, tick: &mut LoadTick, promised: u32) {
        let lines = self.histograms.by_ref().map_while(Result::ok);
        let lines = lines.filter(|line| line.starts_with("Tag="));
        let mut missing = u64::from(promised);
        for line in lines.take(promised as usize) {
            // A damaged line keeps its place: the next one belongs to another series.
            if let Some(line) = HlogLine::parse(&line) {
                line.apply(tick);
                missing -= 1;
            }
        }
        self.damaged += missing;
    }
}

impl Iterator for Replay {
    type Item = (Entry, Option<LoadTick>);

    fn next(&mut self) -> Option<Self::Item> {
        // A line that cannot be read is the last one of a run that was killed while writing it.
        let line = self.entries.next()?.ok()?;
        let entry: Entry = serde_json::from_str(&line).ok()?;
        let tick = match &entry.kind {
            EntryKind::LoadTick(counters) => {
                // Unknown outcomes are dropped; what is known of the tick is kept.
                let mut tick = counters.tick();
                self.fill(&mut tick, counters.hlog_lines);
                Some(tick)
            }
            _ => None,
        };
        Some((entry, tick))
    }
}
