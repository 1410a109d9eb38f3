use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rtest_core::clock::wall_clock;
use rtest_core::event::EventSink;
use rtest_core::plan::Plan;
use rtest_core::{Clock, Diagnostic, MonotonicClock};
use rtest_run::{System, SystemOptions};
use tokio::io::AsyncWriteExt as _;
use tokio_util::sync::CancellationToken;
use unicode_width::UnicodeWidthStr as _;

use super::keeper::{self, Answer, Board, Keeper, Question, Shown};
use super::state::Place;
use crate::args::UpArgs;
use crate::command::judge::inputs;
use crate::exit::{Exit, Failure};
use crate::signals::Signals;
use crate::{host, output};

/// How often is looked whether what starts in the background is ready.
const POLL: Duration = Duration::from_millis(50);

/// Brings an environment up and keeps it.
pub(super) fn execute(args: &UpArgs) -> Result<Exit, Failure> {
    let suite = rtest_suite::load(&args.of.suite, &inputs())
        .map_err(|diagnostics| Failure::diagnostics(&diagnostics))?;
    let plan = suite.environment();
    let shown = args.of.suite.display();
    if plan.services.is_empty() {
        return Err(Failure::usage(format!(
            "error: the suite `{shown}` has no `environment`"
        )));
    }
    let place = Place::named(&args.of, &plan.name);
    if place.state().is_some() {
        return Err(Failure::usage(format!(
            "error: the environment of `{shown}` is up already\nhint: rtest env ps {shown}, rtest env down {shown}"
        )));
    }
    std::fs::create_dir_all(&place.folder).map_err(anyhow::Error::from)?;
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        if args.detach {
            in_background(&place, args).await
        } else {
            keep(&place, &plan, args.ttl).await
        }
    })
}

async fn keep(place: &Place, plan: &Plan, ttl: Option<Duration>) -> Result<Exit, Failure> {
    let run_id = host::run_id(&plan.name, wall_clock());
    let options = SystemOptions {
        run_id: run_id.clone(),
        log_dir: place.logs(),
        program: std::env::current_exe().map_err(anyhow::Error::from)?,
        settle: true,
    };
    let cancel = CancellationToken::new();
    let signals = Signals::watch(cancel.clone(), || output::say("taking everything down"))
        .map_err(anyhow::Error::from)?;
    let board = Arc::new(Board::new());
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    let events = Arc::clone(&board) as Arc<dyn EventSink>;
    let system = match System::up(plan, options, clock, events, &cancel).await {
        Ok(system) => system,
        Err(_) if cancel.is_cancelled() => return Ok(signals.exit()),
        Err(diagnostic) => return Err(failed(&diagnostic)),
    };
    let asker = match kept(place, plan, &run_id, &system, &board, (ttl, &cancel)).await {
        Ok(asker) => asker,
        Err(failure) => {
            system.down().await;
            return Err(failure);
        }
    };
    system.down().await;
    place.forget();
    if let Some(mut asker) = asker {
        // Whoever asked may be gone.
        let _ = asker.write_all(b"{\"done\":[]}\n").await;
    }
    Ok(Exit::Passed)
}

/// Serves until it is to go down. Gives whoever asked for that.
async fn kept(
    place: &Place,
    plan: &Plan,
    run_id: &str,
    system: &System,
    board: &Board,
    (ttl, cancel): (Option<Duration>, &CancellationToken),
) -> Result<Option<tokio::net::UnixStream>, Failure> {
    let (listener, socket) = keeper::listen(run_id).map_err(anyhow::Error::from)?;
    let keeper = Keeper {
        system,
        board,
        services: plan
            .services
            .iter()
            .map(|service| service.name.clone())
            .collect(),
    };
    let written = place.write(run_id, &socket, &plan.services);
    written.map_err(anyhow::Error::from)?;
    output::data(table(&keeper.shown()).as_bytes())?;
    output::say("Ctrl-C, or `rtest env down`, takes it down");
    let forgotten = async {
        match ttl {
            Some(ttl) => tokio::time::sleep(ttl).await,
            None => std::future::pending().await,
        }
    };
    let kept = tokio::select! {
        asker = keeper.serve(&listener, cancel) => Ok(asker),
        () = forgotten => Ok(None),
        lost = system.environment().lost() => Err(failed(&lost)),
    };
    // It is of no use without its listener.
    let _ = std::fs::remove_file(socket);
    kept
}

fn failed(diagnostic: &Diagnostic) -> Failure {
    Failure {
        exit: Exit::of_failure(diagnostic.code),
        message: diagnostic.to_string(),
    }
}

/// Starts the same command in the background and waits until all is ready.
async fn in_background(place: &Place, args: &UpArgs) -> Result<Exit, Failure> {
    let log_path = place.folder.join("keeper.log");
    let mut child = start(place, args, &log_path)?;
    loop {
        if let Some(state) = place.state() {
            let Answer::Services(services) = keeper::ask(&state, &Question::Services)? else {
                return Err(Failure::internal(
                    "error: the keeper answers something else",
                ));
            };
            output::data(table(&services).as_bytes())?;
            return Ok(Exit::Passed);
        }
        if let Some(status) = child.try_wait().map_err(anyhow::Error::from)? {
            let said = std::fs::read_to_string(&log_path).unwrap_or_default();
            output::say(said.trim_end());
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Ok(match code {
                Some(2) => Exit::Usage,
                _ => Exit::Environment,
            });
        }
        tokio::time::sleep(POLL).await;
    }
}

fn start(place: &Place, args: &UpArgs, log_path: &std::path::Path) -> Result<Child, Failure> {
    let log = File::create(log_path).map_err(anyhow::Error::from)?;
    let mut command = Command::new(std::env::current_exe().map_err(anyhow::Error::from)?);
    command.args(["env", "up"]).arg(&place.suite);
    if let Some(out) = &args.of.out {
        command.arg("--out").arg(out);
    }
    if let Some(ttl) = args.ttl {
        command.arg("--ttl").arg(format!("{}ms", ttl.as_millis()));
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        // Ctrl-C in this terminal is not meant for it.
        .process_group(0);
    Ok(command.spawn().map_err(anyhow::Error::from)?)
}

/// Services in columns.
pub(super) fn table(services: &[Shown]) -> String {
    let width = |column: fn(&Shown) -> &str| {
        let widths = services.iter().map(|it| column(it).width());
        widths.max().unwrap_or_default()
    };
    let names = width(|it| &it.name);
    let states = width(|it| &it.state);
    let lines = services.iter().map(|it| {
        let (name, state) = (&it.name, &it.state);
        format!("{name:names$}  {state:states$}  {}\n", it.url)
    });
    lines.collect()
}
