use std::path::{Path, PathBuf};
use std::process::Stdio;

use rtest_core::Template;
use rtest_core::expectation::{ValueMatch, excerpt};
use rtest_core::plan::CommandProbe;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{Means, Probe};
use crate::drill::DrillError;
use crate::fault::FaultFuture;

/// More of what a command prints is not looked at.
const LARGEST_OUTPUT: u64 = 64 * 1024;

/// A command, and how it must end.
#[derive(Debug)]
pub(crate) struct Command {
    runner: Runner,
    exit: Vec<i32>,
    output: Option<ValueMatch>,
}

/// A command.
#[derive(Debug)]
pub(crate) struct Runner {
    words: Vec<String>,
    cwd: PathBuf,
    mark: Option<(String, String)>,
}

impl Command {
    pub(super) fn new(plan: &CommandProbe, means: &Means<'_>) -> Result<Self, DrillError> {
        Ok(Self {
            runner: Runner::new(&plan.words, &plan.cwd, means)?,
            exit: plan.exit.clone(),
            output: plan.output.clone(),
        })
    }
}

impl Runner {
    pub(crate) fn new(
        words: &[Template],
        cwd: &Path,
        means: &Means<'_>,
    ) -> Result<Self, DrillError> {
        let fill = |name: &str| means.variables.get(name).cloned();
        let words = words.iter().map(|word| word.render(fill));
        let words = words.map(|word| word.map(std::borrow::Cow::into_owned));
        Ok(Self {
            words: words.collect::<Result<_, _>>()?,
            cwd: cwd.to_owned(),
            mark: means.mark.clone(),
        })
    }

    /// Runs it once; gives what it prints, without white space at its ends.
    ///
    /// # Errors
    /// It cannot be started, or ends otherwise.
    pub(crate) async fn output(&self, exit: &[i32]) -> Result<String, String> {
        let (program, arguments) = self.words.split_first().ok_or("there is no command")?;
        let mut command = tokio::process::Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.cwd)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // What hangs ends with its probe; what it started carries the run's mark.
            .kill_on_drop(true);
        command.envs(self.mark.clone());
        let mut child = command
            .spawn()
            .map_err(|error| format!("`{program}` cannot be started: {error}"))?;
        let (output, complaint) = (child.stdout.take(), child.stderr.take());
        let (output, complaint, status) = tokio::join!(read(output), read(complaint), child.wait());
        let status = status.map_err(|error| error.to_string())?;
        if !status.code().is_some_and(|code| exit.contains(&code)) {
            let last = String::from_utf8_lossy(&complaint);
            let last = last.trim().lines().next_back().unwrap_or_default();
            return Err(match last {
                "" => status.to_string(),
                last => format!("{status}: {}", excerpt(last.as_bytes())),
            });
        }
        Ok(String::from_utf8_lossy(&output).trim().to_owned())
    }
}

impl Probe for Command {
    fn expected(&self) -> String {
        let exit: Vec<String> = self.exit.iter().map(i32::to_string).collect();
        let exit = format!("exit {}", exit.join(" or "));
        match &self.output {
            Some(output) => format!("{exit}, output {output}"),
            None => exit,
        }
    }

    fn ask(&self) -> FaultFuture<'_, Result<(), String>> {
        Box::pin(async {
            let text = self.runner.output(&self.exit).await?;
            match &self.output {
                Some(wanted) if !wanted.fits_text(Some(&text)) => {
                    Err(format!("output {}", excerpt(text.as_bytes())))
                }
                _ => Ok(()),
            }
        })
    }
}

/// What is printed, as far as it is looked at; the rest is thrown away, so that nobody waits for
/// a full pipe.
async fn read(stream: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut kept = Vec::new();
    if let Some(mut stream) = stream {
        // What cannot be read was not printed.
        let _ = (&mut stream)
            .take(LARGEST_OUTPUT)
            .read_to_end(&mut kept)
            .await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }
    kept
}
