use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use rtest_core::Secrets;
use rtest_core::clock::RunTime;
use rtest_core::event::{Event, EventKind};

use super::hlog::{HlogLine, HlogWriter, empty_tick};
use super::redacted::redacted;
use super::{Entry, EntryKind, Header, SCHEMA};
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

    /// Appends an event; its examples of errors, which hold what a server sent, are redacted in
    /// place.
    ///
    /// # Errors
    /// When a file cannot be written (disk full).
    pub fn event(&mut self, event: &mut Event) -> Result<(), RecordError> {
        if let EventKind::LoadTick(tick) = &mut event.kind {
            for example in &mut tick.examples {
                example.message = self.secrets.redact(&example.message).into_owned();
            }
            // Histograms first: an entry promises lines that are already there.
            let lines = self
                .histograms
                .tick(tick)
                .map_err(|error| self.failed(HISTOGRAMS, error))?;
            self.record.apply_tick(tick);
            return self.entry(event.at, EntryKind::new(&event.kind, lines));
        }
        self.entry(event.at, EntryKind::new(&event.kind, 0))
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
    let failed = |name: &str, kind: RecordErrorKind| RecordError {
        path: folder.join(name).display().to_string(),
        kind,
    };
    let text =
        fs::read_to_string(folder.join(HEADER)).map_err(|error| failed(HEADER, error.into()))?;
    let malformed =
        |error: serde_json::Error| failed(HEADER, RecordErrorKind::Malformed(error.to_string()));
    let schema = serde_json::from_str::<serde_json::Value>(&text)
        .map_err(malformed)?
        .get("schema")
        .and_then(serde_json::Value::as_u64)
        .ok_or_else(|| {
            failed(
                HEADER,
                RecordErrorKind::Malformed("it has no `schema`".to_owned()),
            )
        })?;
    if schema > u64::from(SCHEMA) {
        let found = u32::try_from(schema).unwrap_or(u32::MAX);
        return Err(failed(HEADER, RecordErrorKind::Newer { found }));
    }
    let mut record = RunRecord::new(serde_json::from_str(&text).map_err(malformed)?);

    let open = |name: &str| {
        File::open(folder.join(name))
            .map(BufReader::new)
            .map_err(|error| failed(name, error.into()))
    };
    let mut histograms = open(HISTOGRAMS)?
        .lines()
        .map_while(Result::ok)
        .filter(|line| line.starts_with("Tag="))
        .map(|line| HlogLine::parse(&line));
    for line in open(EVENTS)?.lines() {
        // A line that cannot be read is the last one of a run that was killed while writing it.
        let Ok(entry) = line
            .map_err(drop)
            .and_then(|line| serde_json::from_str::<Entry>(&line).map_err(drop))
        else {
            break;
        };
        record.apply(&entry);
        if let EntryKind::LoadTick(counters) = &entry.kind
            && let Some(mut tick) = empty_tick(counters)
        {
            // A damaged line keeps its place: the next one belongs to another series.
            let lines = histograms.by_ref().take(counters.hlog_lines as usize);
            lines.flatten().for_each(|line| line.apply(&mut tick));
            record.apply_tick(&tick);
        }
    }
    Ok(record)
}
