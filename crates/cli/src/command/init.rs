use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use crate::args::InitArgs;
use crate::exit::{Exit, Failure};
use crate::output;

/// What is written, and its place below the folder.
const FILES: [(&str, &str); 4] = [
    ("rtest.yaml", include_str!("init/rtest.yaml")),
    ("rtest/retry.mjs", include_str!("init/retry.mjs")),
    ("reports/.gitignore", include_str!("init/gitignore")),
    (
        ".github/workflows/rtest.yaml",
        include_str!("init/workflow.yaml"),
    ),
];

/// Writes a suite and a CI workflow; a file that is already there is left alone.
pub(crate) fn execute(args: &InitArgs) -> Result<Exit, Failure> {
    let mut text = String::new();
    for (name, content) in FILES {
        let path = args.folder.join(name);
        let what = match write_new(&path, content) {
            Ok(()) => "wrote",
            Err(error) if error.kind() == ErrorKind::AlreadyExists => "kept ",
            Err(error) => {
                return Err(Failure {
                    exit: Exit::Environment,
                    message: format!("error: {}: {error}", path.display()),
                });
            }
        };
        text.push_str(&format!("{what}  {}\n", path.display()));
    }
    let suite = args.folder.join(FILES[0].0);
    text.push_str(&format!(
        "\nnext: rtest run {}\nCI:   set the repository variable RTEST_GIT to rtest's git URL; \
         the workflow installs it from there\n",
        suite.display()
    ));
    output::data(text.as_bytes())?;
    Ok(Exit::Passed)
}

fn write_new(path: &Path, content: &str) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?
        .write_all(content.as_bytes())
}
