use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::time::Duration;

use super::state::Place;
use crate::args::LogsArgs;
use crate::exit::{Exit, Failure};
use crate::output;

/// How often is looked for new lines.
const POLL: Duration = Duration::from_millis(100);

/// Prints the logs of an environment, as long as it is kept where they are followed.
pub(super) fn execute(args: &LogsArgs) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime.map_err(anyhow::Error::from)?.block_on(print(args))
}

async fn print(args: &LogsArgs) -> Result<Exit, Failure> {
    let place = Place::of(&args.of)?;
    let mut logs = open(&place, args.service.as_deref())?;
    let with_names = args.service.is_none();
    loop {
        // Before they are read: what is printed last is not to be missed.
        let goes_on = args.follow && place.state().is_some();
        for (name, log) in &mut logs {
            let text = log.news().map_err(anyhow::Error::from)?;
            let lines = text.lines().map(|line| match with_names {
                true => format!("{name} | {line}\n"),
                false => format!("{line}\n"),
            });
            output::data(lines.collect::<String>().as_bytes())?;
        }
        if !goes_on {
            return Ok(Exit::Passed);
        }
        tokio::time::sleep(POLL).await;
    }
}

fn open(place: &Place, service: Option<&str>) -> Result<BTreeMap<String, Log>, Failure> {
    let entries = std::fs::read_dir(place.logs()).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let all: BTreeMap<String, PathBuf> = paths
        .filter_map(|path| {
            let name = path.file_stem()?.to_str()?.to_owned();
            path.extension()
                .is_some_and(|it| it == "log")
                .then_some((name, path))
        })
        .collect();
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    if all.is_empty() {
        return Err(Failure::usage(format!(
            "error: no service of `{}` has printed anything",
            place.suite.display()
        )));
    }
    if let Some(service) = service
        && !all.contains_key(service)
    {
        return Err(Failure::usage(format!(
            "error: there is no log of `{service}`\nhint: there are logs of {}",
            names.join(", ")
        )));
    }
    let wanted = all
        .into_iter()
        .filter(|(name, _)| service.is_none_or(|it| it == name));
    Ok(wanted
        .map(|(name, path)| (name, Log { path, read: 0 }))
        .collect())
}

/// A log, as far as it was read.
struct Log {
    path: PathBuf,
    read: u64,
}

impl Log {
    /// The whole lines that have come since.
    fn news(&mut self) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        self.read += whole as u64;
        Ok(String::from_utf8_lossy(&bytes[..whole]).into_owned())
    }
}
