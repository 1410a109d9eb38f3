//! The undo journal: `record/undo.jsonl`, on the disk before anything is broken.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use rtest_core::{Broken, BrokenThing, ProcessMark};
use serde::{Deserialize, Serialize};

/// Its file.
const JOURNAL: &str = "undo.jsonl";

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
enum Line {
    /// The first: who breaks.
    Begun {
        run_id: String,
        pid: u32,
        started: u64,
    },
    Broken {
        fault: u16,
        name: String,
        what: String,
        things: Vec<Thing>,
    },
    Mended {
        fault: u16,
        clean: bool,
        seen: String,
    },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "thing", rename_all = "snake_case")]
enum Thing {
    Link {
        listen: String,
    },
    Service {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<i32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started: Option<u64>,
    },
}

/// Appends to the journal; each line is on the disk when its call returns.
#[derive(Debug)]
pub struct UndoWriter {
    file: File,
}

impl UndoWriter {
    /// Begins the journal of a run in its record's folder. `pid` and `started` say who breaks.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn create(folder: &Path, run_id: &str, pid: u32, started: u64) -> io::Result<Self> {
        let mut journal = Self {
            file: File::create(folder.join(JOURNAL))?,
        };
        journal.append(&Line::Begun {
            run_id: run_id.to_owned(),
            pid,
            started,
        })?;
        // The file itself is an entry of its folder.
        File::open(folder)?.sync_all()?;
        Ok(journal)
    }

    /// Goes on with the journal of a run.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn reopen(folder: &Path) -> io::Result<Self> {
        let file = File::options().append(true).open(folder.join(JOURNAL))?;
        let mut journal = Self { file };
        // What was cut off in the middle of a line stays a line of its own.
        journal.file.write_all(b"\n")?;
        Ok(journal)
    }

    /// Writes that something is about to be broken.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn broken(&mut self, entry: &Broken) -> io::Result<()> {
        let things = entry.things.iter().map(|thing| match thing {
            BrokenThing::Link { listen } => Thing::Link {
                listen: listen.clone(),
            },
            BrokenThing::Service { name, processes } => Thing::Service {
                name: name.clone(),
                group: processes.map(|mark| mark.group),
                started: processes.map(|mark| mark.started),
            },
        });
        self.append(&Line::Broken {
            fault: entry.fault,
            name: entry.name.clone(),
            what: entry.what.clone(),
            things: things.collect(),
        })
    }

    /// Writes what was seen when it was mended.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn mended(&mut self, fault: u16, clean: bool, seen: &str) -> io::Result<()> {
        self.append(&Line::Mended {
            fault,
            clean,
            seen: seen.to_owned(),
        })
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        let mut text = serde_json::to_string(line)?;
        text.push('\n');
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()
    }
}

/// What a journal says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UndoRecord {
    /// The run.
    pub run_id: String,
    /// The process that broke things, and when it started, in clock ticks since boot.
    pub controller: (u32, u64),
    /// How often something was broken.
    pub broken: usize,
    /// What was broken and is not known to be mended, in that order.
    pub open: Vec<Broken>,
}

/// Reads the journal of a run; `None` where it has none. A line that was cut off is one that
/// nothing was done after.
///
/// # Errors
/// When it cannot be read.
pub fn read_undo(folder: &Path) -> io::Result<Option<UndoRecord>> {
    let text = match std::fs::read_to_string(folder.join(JOURNAL)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut record = UndoRecord::default();
    let mut open: BTreeMap<u16, Broken> = BTreeMap::new();
    for line in text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
    {
        match line {
            Line::Begun {
                run_id,
                pid,
                started,
            } => {
                record.run_id = run_id;
                record.controller = (pid, started);
            }
            Line::Broken {
                fault,
                name,
                what,
                things,
            } => {
                record.broken += 1;
                let things = things.into_iter().map(BrokenThing::from).collect();
                open.insert(
                    fault,
                    Broken {
                        fault,
                        name,
                        what,
                        things,
                    },
                );
            }
            Line::Mended { fault, clean, .. } => {
                if clean {
                    open.remove(&fault);
                }
            }
        }
    }
    record.open = open.into_values().collect();
    Ok(Some(record))
}

impl From<Thing> for BrokenThing {
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Link { listen } => Self::Link { listen },
            Thing::Service {
                name,
                group,
                started,
            } => Self::Service {
                name,
                processes: group.map(|group| ProcessMark {
                    group,
                    started: started.unwrap_or_default(),
                }),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(fault: u16) -> Broken {
        Broken {
            fault,
            name: format!("fault {fault}"),
            what: "pause".to_owned(),
            things: vec![
                BrokenThing::Link {
                    listen: "127.0.0.1:1".to_owned(),
                },
                BrokenThing::Service {
                    name: "catalog".to_owned(),
                    processes: Some(ProcessMark {
                        group: 7,
                        started: 8,
                    }),
                },
            ],
        }
    }

    #[test]
    fn what_is_not_known_to_be_mended_is_open() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read_undo(folder.path()).expect("readable"), None);
        let mut journal = UndoWriter::create(folder.path(), "run", 11, 12).expect("writable");
        for fault in 0..3 {
            journal.broken(&broken(fault)).expect("written");
        }
        journal.mended(1, true, "well").expect("written");
        journal.mended(2, false, "not well").expect("written");
        let read = read_undo(folder.path()).expect("readable").expect("there");
        assert_eq!((read.run_id.as_str(), read.controller), ("run", (11, 12)));
        assert_eq!(read.broken, 3);
        assert_eq!(read.open, [broken(0), broken(2)]);
    }

    #[test]
    fn a_line_that_was_cut_off_loses_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = UndoWriter::create(folder.path(), "run", 11, 12).expect("writable");
        journal.broken(&broken(0)).expect("written");
        journal
            .file
            .write_all(b"{\"entry\":\"bro")
            .expect("written");
        let mut journal = UndoWriter::reopen(folder.path()).expect("there");
        journal.mended(0, true, "well").expect("written");
        let read = read_undo(folder.path()).expect("readable").expect("there");
        assert_eq!(read.open, []);
    }
}
