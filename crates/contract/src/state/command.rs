use std::path::Path;
use std::process::Stdio;

use rtest_core::{Template, Variables};
use serde_json::{Map, Value};
use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::mismatch::shorten;

/// More of what a command prints is not looked at, in bytes.
const LARGEST_OUTPUT: u64 = 1 << 20;

/// Runs a command; gives the JSON object that it prints.
///
/// # Errors
/// It cannot be started, or ends otherwise than with 0: the last line of what it complains.
///
/// # Cancellation
/// The command is killed.
pub(super) async fn run(
    words: &[Template],
    cwd: &Path,
    variables: &Variables,
) -> Result<Map<String, Value>, String> {
    let words: Result<Vec<_>, _> = words.iter().map(|word| variables.render(word)).collect();
    let words = words.map_err(|it| it.to_string())?;
    let (program, arguments) = words.split_first().ok_or("there is no command")?;
    let child = tokio::process::Command::new(program.as_ref())
        .args(arguments.iter().map(AsRef::as_ref))
        .current_dir(cwd)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.map_err(|error| format!("`{program}` cannot be started: {error}"))?;
    let (output, complaint) = (child.stdout.take(), child.stderr.take());
    let (output, complaint, status) = tokio::join!(read(output), read(complaint), child.wait());
    let status = status.map_err(|error| error.to_string())?;
    if !status.success() {
        let complaint = String::from_utf8_lossy(&complaint);
        let last = complaint.trim().lines().next_back().unwrap_or_default();
        return Err(match last {
            "" => format!("`{program}` ended with {status}"),
            last => format!("`{program}` ended with {status}: {}", shorten(last, 300)),
        });
    }
    Ok(match serde_json::from_slice(&output) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    })
}

/// What is read; what comes after the limit is read and let go, so that nobody waits to write it.
async fn read(from: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // What was read before an error is what there is.
        let _ = (&mut from)
            .take(LARGEST_OUTPUT)
            .read_to_end(&mut bytes)
            .await;
        let _ = tokio::io::copy(&mut from, &mut tokio::io::sink()).await;
    }
    bytes
}
