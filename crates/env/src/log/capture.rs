use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use regex::Regex;
use rtest_core::Secrets;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::lines::{Lines, cut};

/// Lines of the tail: enough for an error with its stack trace.
const TAIL_LINES: usize = 20;
/// Bytes of one line of the tail, which is made for reading.
const TAIL_LINE: usize = 500;
/// How long the pipe may stay open after the service ended: a grandchild that left the service's
/// process group may hold it.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);

/// The log of one service.
#[derive(Debug)]
pub(crate) struct ServiceLog {
    path: PathBuf,
    tail: Arc<Mutex<VecDeque<String>>>,
    /// The one task that reads the pipe.
    reader: JoinSet<()>,
    stop: CancellationToken,
    printed: watch::Receiver<bool>,
}

/// What becomes of each line beside going into the file.
struct Kept {
    tail: Arc<Mutex<VecDeque<String>>>,
    /// The line that is waited for, and who is told of it.
    awaited: Option<Regex>,
    printed: watch::Sender<bool>,
}

impl ServiceLog {
    /// Begins the log of a service in `dir`. The service is to write to the pipe, with stdout and
    /// stderr alike, so that both stand in the order in which they were written; a service that
    /// writes faster than the disk takes it waits, as it would in a shell.
    ///
    /// `again` goes on with the log of a service that was started before; `awaited` is a line
    /// that [`printed`](Self::printed) tells of.
    ///
    /// # Errors
    /// When the file or the pipe cannot be made.
    pub(crate) fn begin(
        dir: &Path,
        service: &str,
        secrets: Secrets,
        again: bool,
        awaited: Option<Regex>,
    ) -> io::Result<(Self, PipeWriter)> {
        let path = dir.join(file_name(service));
        let file = if again {
            File::options().append(true).create(true).open(&path)?
        } else {
            File::create(&path)?
        };
        let file = tokio::fs::File::from_std(file);
        let (source, sink) = io::pipe()?;
        let source = pipe::Receiver::from_owned_fd(OwnedFd::from(source))?;
        let tail = Arc::new(Mutex::new(VecDeque::with_capacity(TAIL_LINES)));
        let stop = CancellationToken::new();
        let (says, printed) = watch::channel(false);
        let kept = Kept {
            tail: Arc::clone(&tail),
            awaited,
            printed: says,
        };
        let mut reader = JoinSet::new();
        reader.spawn(copy(source, file, Lines::new(secrets), kept, stop.clone()));
        let log = Self {
            path,
            tail,
            reader,
            stop,
            printed,
        };
        Ok((log, sink))
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The last lines, oldest first, fit for a terminal.
    pub(crate) fn tail(&self) -> Vec<String> {
        lock(&self.tail).iter().cloned().collect()
    }

    /// Turns true when the line was printed that is waited for.
    pub(crate) fn printed(&self) -> watch::Receiver<bool> {
        self.printed.clone()
    }

    /// Waits until all that the service printed is in the file.
    ///
    /// # Cancellation
    /// Safe; the end of the log may be missing.
    pub(crate) async fn close(&mut self) {
        let drained = tokio::time::timeout(DRAIN_LIMIT, self.reader.join_next()).await;
        if drained.is_err() {
            self.stop.cancel();
            self.reader.join_next().await;
        }
    }
}

/// The service's name, as a name for a file: what would lead elsewhere is percent-encoded.
fn file_name(service: &str) -> String {
    let mut name = String::new();
    for c in service.chars() {
        match c {
            '/' | '\\' | '%' | ':' => name.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_control() => name.push_str(&format!("%{:02X}", u32::from(c))),
            c => name.push(c),
        }
    }
    name + ".log"
}

async fn copy(
    mut source: pipe::Receiver,
    file: tokio::fs::File,
    mut lines: Lines,
    mut kept: Kept,
    stop: CancellationToken,
) {
    let mut chunk = vec![0_u8; 16 * 1024];
    let mut out = String::new();
    let mut file = Some(file);
    loop {
        let read = stop
            .run_until_cancelled(source.read(&mut chunk))
            .await
            .unwrap_or(Ok(0));
        let ended = match read {
            Ok(0) | Err(_) => {
                lines.finish(|line| kept.keep(line, &mut out));
                true
            }
            Ok(bytes) => {
                lines.push(&chunk[..bytes], |line| kept.keep(line, &mut out));
                false
            }
        };
        if let Some(open) = &mut file
            && let Err(error) = write(open, &out).await
        {
            // The pipe is read on: a full disk must not stop the service.
            kept.keep(&format!("[log file: {error}]"), &mut out);
            file = None;
        }
        out.clear();
        if ended {
            return;
        }
    }
}

async fn write(file: &mut tokio::fs::File, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    file.write_all(text.as_bytes()).await?;
    // tokio's file writes in the background; an error of that write only shows here.
    file.flush().await
}

impl Kept {
    fn keep(&mut self, line: &str, out: &mut String) {
        out.push_str(line);
        out.push('\n');
        let plain = plain(line);
        if self
            .awaited
            .as_ref()
            .is_some_and(|awaited| awaited.is_match(&plain))
        {
            self.printed.send_replace(true);
            self.awaited = None;
        }
        let mut tail = lock(&self.tail);
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        let short = cut(&plain, TAIL_LINE);
        tail.push_back(if short.len() < plain.len() {
            format!("{short}…")
        } else {
            plain
        });
    }
}

/// A line without colours and other control sequences (ECMA-48), which would carry over into the
/// message that quotes it.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len().min(2 * TAIL_LINE));
    let mut characters = line.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\u{1b}' if characters.next_if_eq(&'[').is_some() => {
                // Parameters, then one final byte from `@` to `~`.
                for c in characters.by_ref() {
                    if ('@'..='~').contains(&c) {
                        break;
                    }
                }
            }
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn lock(tail: &Mutex<VecDeque<String>>) -> std::sync::MutexGuard<'_, VecDeque<String>> {
    // A panic while the lock was held leaves lines that are still lines.
    tail.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[tokio::test]
    async fn a_log_holds_everything_and_its_tail_the_last_lines() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut secrets = Secrets::default();
        secrets.add("hunter2");
        let (mut log, mut sink) =
            ServiceLog::begin(dir.path(), "a/b", secrets, false, None).expect("a log");
        for number in 0..100 {
            writeln!(sink, "line {number}").expect("the pipe is read");
        }
        write!(sink, "\u{1b}[31mpassword\u{1b}[0m is hunter2").expect("the pipe is read");
        drop(sink);
        log.close().await;

        let tail = log.tail();
        assert_eq!(tail.len(), TAIL_LINES);
        assert_eq!(tail[0], "line 81");
        assert_eq!(tail[TAIL_LINES - 1], "password is [redacted]");
        assert_eq!(log.path(), dir.path().join("a%2Fb.log"));
        let text = std::fs::read_to_string(log.path()).expect("the log");
        assert_eq!(text.lines().count(), 101);
        assert!(text.ends_with("\u{1b}[31mpassword\u{1b}[0m is [redacted]\n"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pipe_that_is_never_closed_does_not_hold_up_the_teardown() {
        let dir = tempfile::tempdir().expect("a folder");
        let (mut log, mut sink) =
            ServiceLog::begin(dir.path(), "held", Secrets::default(), false, None).expect("a log");
        write!(sink, "no line break").expect("the pipe is read");
        log.close().await;
        assert_eq!(log.tail(), ["no line break"]);
        drop(sink);
    }

    #[test]
    fn logs_of_different_services_never_share_a_file() {
        let names = ["a/b", "a_b", "a%2Fb", "..", "a\\b", "a\0b"];
        let files: std::collections::BTreeSet<String> =
            names.iter().map(|name| file_name(name)).collect();
        assert_eq!(files.len(), names.len());
        assert!(files.iter().all(|file| !file.contains(['/', '\0'])));
    }
}
