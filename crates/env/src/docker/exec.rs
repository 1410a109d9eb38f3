use futures_util::StreamExt as _;
use testcontainers::bollard::exec::{CreateExecOptions, StartExecResults};

use super::engine::Engine;
use super::failure::DockerFailure;

/// Bytes of a command's output that are kept.
const MOST_OUTPUT: usize = 1 << 20;

/// How a command in a container ended, and what it printed, stdout and stderr together.
pub(crate) struct Ran {
    pub(crate) exit: i64,
    pub(crate) output: String,
}

/// Runs a command in a container and waits for its end.
///
/// # Errors
/// When it could not be run.
pub(crate) async fn run_inside(
    engine: &Engine,
    container: &str,
    words: &[String],
) -> Result<Ran, DockerFailure> {
    let shown = words.first().map_or("", String::as_str);
    let failed = || DockerFailure::of(format!("`{shown}` cannot be run in the container"));
    let options = CreateExecOptions {
        cmd: Some(words.to_vec()),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..CreateExecOptions::default()
    };
    let exec = engine.api().create_exec(container, options).await;
    let exec = exec.map_err(failed())?.id;
    let started = engine.api().start_exec(&exec, None).await;
    let mut printed = Vec::new();
    if let StartExecResults::Attached { mut output, .. } = started.map_err(failed())? {
        while let Some(part) = output.next().await {
            let part = part.map_err(failed())?;
            let room = MOST_OUTPUT - printed.len();
            let bytes = part.as_ref();
            printed.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }
    let ended = engine.api().inspect_exec(&exec).await.map_err(failed())?;
    Ok(Ran {
        exit: ended.exit_code.unwrap_or(-1),
        output: String::from_utf8_lossy(&printed).into_owned(),
    })
}
