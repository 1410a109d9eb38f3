use std::io::IsTerminal as _;
use std::process::Command;

use rtest_core::plan::Provider;

use super::state::Place;
use crate::args::ExecArgs;
use crate::command::judge::inputs;
use crate::exit::{Exit, Failure};

/// Runs a command in the container of a service. The terminal is handed to the engine's own
/// client, which knows how to do that.
pub(super) fn execute(args: &ExecArgs) -> Result<Exit, Failure> {
    let suite = rtest_suite::load(&args.of.suite, &inputs())
        .map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
    let plan = suite.environment();
    let names = plan.services.iter().map(|service| service.name.as_str());
    let Some(service) = plan.services.iter().find(|it| it.name == args.service) else {
        let near = rtest_core::nearest(&args.service, names);
        let hint = near.map(|near| format!("\nhint: did you mean `{near}`?"));
        return Err(Failure::usage(format!(
            "error: there is no service `{}`{}",
            args.service,
            hint.unwrap_or_default()
        )));
    };
    if !matches!(service.provider, Provider::Container(_)) {
        return Err(Failure::usage(format!(
            "error: `{}` is no container\nhint: it runs on this machine: run the command here",
            args.service
        )));
    }
    let state = Place::named(&args.of, &plan.name).kept()?;
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let status = Command::new("docker")
        .args(["exec", "--interactive"])
        .args(terminal.then_some("--tty"))
        .arg(format!("rtest-{}-{}", state.run_id, args.service))
        .args(&args.command)
        .status()
        .map_err(|error| Failure {
            exit: Exit::Environment,
            message: format!("error: `docker`, the engine's client, cannot be run: {error}"),
        })?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(Exit::Internal, Exit::Program))
}
