//! Services without a run.
//!
//! ```text
//! rtest env up ── System ──► Keeper ──── socket ◄──┬── rtest env ps | reset | down
//!      │                       │                     └── rtest run --attach
//!      │                       └─ state.json in OUT/env-NAME: where the socket is, who keeps it
//!      └─ --detach: the same command once more, in the background
//! ```

mod attach;
mod exec;
mod keeper;
mod logs;
mod prune;
mod state;
mod up;

pub(crate) use attach::attach;

use crate::args::{EnvAction, EnvArgs, ResetArgs, SuiteArgs};
use crate::exit::{Exit, Failure};
use crate::output;
use keeper::{Answer, Question};
use state::Place;

pub(crate) fn execute(args: &EnvArgs) -> Result<Exit, Failure> {
    match &args.action {
        EnvAction::Up(args) => up::execute(args),
        EnvAction::Down(args) => down(args),
        EnvAction::Ps(args) => ps(args),
        EnvAction::Logs(args) => logs::execute(args),
        EnvAction::Exec(args) => exec::execute(args),
        EnvAction::Reset(args) => reset(args),
        EnvAction::Prune => prune::execute(),
    }
}

fn down(args: &SuiteArgs) -> Result<Exit, Failure> {
    let place = Place::of(args)?;
    let state = place.kept()?;
    keeper::ask(&state, &Question::Down)?;
    output::say(&format!("{} is down", state.suite));
    Ok(Exit::Passed)
}

fn ps(args: &SuiteArgs) -> Result<Exit, Failure> {
    let state = Place::of(args)?.kept()?;
    let Answer::Services(services) = keeper::ask(&state, &Question::Services)? else {
        return Err(Failure::internal(
            "error: the keeper answers something else",
        ));
    };
    output::data(up::table(&services).as_bytes())?;
    Ok(Exit::Passed)
}

fn reset(args: &ResetArgs) -> Result<Exit, Failure> {
    let state = Place::of(&args.of)?.kept()?;
    let question = Question::Reset(args.service.clone());
    let Answer::Done(done) = keeper::ask(&state, &question)? else {
        return Err(Failure::internal(
            "error: the keeper answers something else",
        ));
    };
    for line in done {
        output::data(format!("{line}\n").as_bytes())?;
    }
    Ok(Exit::Passed)
}
