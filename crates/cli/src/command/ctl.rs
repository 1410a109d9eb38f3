use serde_json::{Map, Value, json};

use crate::args::{CtlAction, CtlArgs, ScaleArgs};
use crate::control::{ControlError, call};
use crate::exit::{Exit, Failure};
use crate::output;

/// Looks at a running load, or changes it; prints its state, one attribute a line.
pub(crate) fn execute(args: &CtlArgs) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let answer = runtime.block_on(call(args.control, attributes(&args.action)));
    let state = answer.map_err(|error| failure(&error))?;
    let mut text = String::new();
    // k6's number of the state; the words beside it say the same.
    let attributes = state.as_object().into_iter().flatten();
    for (name, value) in attributes.filter(|(name, _)| *name != "status") {
        text.push_str(&format!("{name}: {value}\n"));
    }
    output::data(text.as_bytes())?;
    Ok(Exit::Passed)
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
