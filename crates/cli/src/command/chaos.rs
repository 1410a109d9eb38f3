//! Drills: run one, and mend what one that was killed has left.

mod experiment;
mod run;
mod undo;

use crate::args::{ChaosAction, ChaosArgs};
use crate::exit::{Exit, Failure};

pub(crate) fn execute(args: &ChaosArgs) -> Result<Exit, Failure> {
    match &args.action {
        ChaosAction::Run(args) => run::execute(args),
        ChaosAction::Undo(args) => undo::execute(args),
    }
}
