use rtest_core::Diagnostic;

use crate::args::ValidateArgs;
use crate::command::judge::inputs;
use crate::exit::{Exit, Failure};
use crate::output;

pub(crate) fn execute(args: &ValidateArgs) -> Result<Exit, Failure> {
    let mut wrong: Vec<Diagnostic> = Vec::new();
    let mut text = String::new();
    for path in &args.suites {
        match rtest_suite::load(path, &inputs()) {
            Ok(_) => text.push_str(&format!("{}: ok\n", path.display())),
            Err(diagnostics) => wrong.extend(diagnostics),
        }
    }
    output::data(text.as_bytes())?;
    if wrong.is_empty() {
        Ok(Exit::Passed)
    } else {
        Err(Failure::diagnostics(&wrong))
    }
}
