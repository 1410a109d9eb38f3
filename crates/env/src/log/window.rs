use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use rtest_core::{LogMark, ServiceLogs};

use super::capture::{file_name, plain};

/// Bytes of a log that are looked at, at most: its end.
const MOST_BYTES: u64 = 64 * 1024;

/// The logs of a run's services.
#[derive(Debug)]
pub(crate) struct LogFolder {
    folder: PathBuf,
    services: Vec<String>,
}

impl LogFolder {
    pub(crate) fn new(folder: PathBuf, services: Vec<String>) -> Self {
        Self { folder, services }
    }

    fn path(&self, service: &str) -> PathBuf {
        self.folder.join(file_name(service))
    }

    fn printed(&self, service: &str, from: u64) -> Option<String> {
        let mut file = File::open(self.path(service)).ok()?;
        let end = file.metadata().ok()?.len();
        let begin = from.max(end.saturating_sub(MOST_BYTES));
        file.seek(SeekFrom::Start(begin)).ok()?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl ServiceLogs for LogFolder {
    fn mark(&self) -> LogMark {
        let lengths = self.services.iter().filter_map(|service| {
            let length = std::fs::metadata(self.path(service)).ok()?.len();
            Some((service.clone(), length))
        });
        lengths.collect()
    }

    fn since(&self, mark: &LogMark, most: usize) -> Vec<(String, Vec<String>)> {
        let printed = self.services.iter().filter_map(|service| {
            let from = mark.get(service).copied().unwrap_or_default();
            let text = self.printed(service, from)?;
            let lines: Vec<String> = text.lines().map(plain).collect();
            let skipped = lines.len().saturating_sub(most);
            (!lines.is_empty()).then(|| (service.clone(), lines[skipped..].to_vec()))
        });
        printed.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_shows_the_last_lines_that_were_printed_since() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = ["web", "db", "mail"].map(str::to_owned);
        let logs = LogFolder::new(folder.path().to_owned(), names.to_vec());
        let write = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).expect("written");
        };
        write("web.log", "before\n");
        write("db.log", "before\n");
        let mark = logs.mark();
        write("web.log", "before\none\n\u{1b}[31mtwo\u{1b}[0m\nthree\n");
        write("mail.log", "new\n");
        let seen = logs.since(&mark, 2);
        let lines = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect();
        assert_eq!(
            seen,
            [
                ("web".to_owned(), lines(&["two", "three"])),
                ("mail".to_owned(), lines(&["new"]))
            ]
        );
    }
}
