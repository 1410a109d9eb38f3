use serde_json::{Map, Value, json};

use crate::args::{CtlAction, CtlArgs, ScaleArgs};
use crate::control::{ControlError, call};
use crate::exit::{Exit, Failure};
use crate::output;

/// Looks at a running load, or changes it; prints its state.
pub(crate) fn execute(args: &CtlArgs) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let answer = runtime.block_on(call(args.control, attributes(&args.action)));
    let state = answer.map_err(|error| failure(&error))?;
    output::data(in_words(&state).as_bytes())?;
    Ok(Exit::Passed)
}

/// The state for people; `/v1/status` has it for programs.
fn in_words(state: &Value) -> String {
    let is = |name: &str| state[name] == true;
    let load = match (is("stopped"), is("paused"), is("running")) {
        (true, _, true) => "stopped, and ends what runs",
        (true, _, false) => "stopped",
        (false, true, _) => "paused",
        (false, false, true) => "running",
        (false, false, false) => "not running",
    };
    let scale = |name: &str| match state[name].as_f64() {
        Some(1.0) | None => "as planned".to_owned(),
        Some(factor) => format!("{factor} times what is planned"),
    };
    let thresholds = match is("tainted") {
        true => "some fail",
        false => "none fails",
    };
    format!(
        "load: {load}\nvirtual users: {} of at most {}, {}\narrival rates: {}\nthresholds: {thresholds}\n",
        state["vus"],
        state["vus-max"],
        scale("vus-scale"),
        scale("rate-scale"),
    )
}

/// What is asked for; nothing where the state is only looked at.
fn attributes(action: &CtlAction) -> Option<Value> {
    match action {
        CtlAction::Status => None,
        CtlAction::Pause => Some(json!({ "paused": true })),
        CtlAction::Resume => Some(json!({ "paused": false })),
        CtlAction::Stop => Some(json!({ "stopped": true })),
        CtlAction::Scale(ScaleArgs {
            rate,
            vus_scale,
            vus,
        }) => {
            let asked = [
                ("rate-scale", rate.map(Value::from)),
                ("vus-scale", vus_scale.map(Value::from)),
                ("vus", vus.map(Value::from)),
            ];
            let asked = asked.into_iter();
            let asked: Map<String, Value> = asked
                .filter_map(|(name, value)| Some((name.to_owned(), value?)))
                .collect();
            Some(Value::Object(asked))
        }
    }
}

fn failure(error: &ControlError) -> Failure {
    let message = format!("error: {}", rtest_core::causes(error));
    match error {
        ControlError::Unreachable(..) | ControlError::Stranger(_) => Failure {
            exit: Exit::Environment,
            message: format!(
                "{message}\nhint: start the run with --control ADDRESS, and name the same address here"
            ),
        },
        ControlError::Refused(_) => Failure::usage(message),
    }
}
