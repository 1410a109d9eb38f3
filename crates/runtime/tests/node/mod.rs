//! The oracle: a real Node, where one is installed.

#![allow(dead_code)] // each test uses what it needs
#![allow(clippy::print_stderr)] // a comparison that cannot be made says so

use std::path::{Path, PathBuf};
use std::process::Command;

/// The major version whose behaviour the runtime reproduces.
const MAJOR: &str = "v20.";

/// Whether Node 20 is here; says so loudly where it is not.
pub(crate) fn is_present(test: &str) -> bool {
    let version = Command::new("node").arg("--version").output();
    match version {
        Ok(output) if output.stdout.starts_with(MAJOR.as_bytes()) => true,
        Ok(output) => {
            let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            eprintln!("NOT COMPARED WITH NODE ({test}): node is {version}, not {MAJOR}x");
            false
        }
        Err(error) => {
            eprintln!("NOT COMPARED WITH NODE ({test}): no node here: {error}");
            false
        }
    }
}

/// Options of Node's that a program is run with: its first line, `// Flags: …`.
pub(crate) fn flags(program: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(program).expect("readable");
    let flags = text.lines().next().unwrap_or_default();
    let flags = flags.strip_prefix("// Flags: ").unwrap_or_default();
    flags.split_whitespace().map(str::to_owned).collect()
}

/// What Node writes to stdout for a program, and its exit code.
pub(crate) fn run(program: &Path) -> (Vec<u8>, i32) {
    let output = Command::new("node")
        .args(flags(program))
        .arg(program)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TZ", "UTC")
        .output()
        .expect("node starts");
    (output.stdout, output.status.code().unwrap_or(-1))
}

/// The programs of a folder beside this file, sorted by name.
pub(crate) fn programs(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut programs: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| ["js", "mjs", "cjs"].iter().any(|js| extension == *js))
        })
        .collect();
    programs.sort();
    programs
}
