use std::io::PipeWriter;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, StreamExt as _};
use rtest_core::Clock;
use rtest_core::plan::{Limit, ServiceFault};
use testcontainers::bollard::container::LogOutput;
use testcontainers::bollard::errors::Error;
use testcontainers::bollard::models::{
    ContainerState, ContainerUpdateBody, HealthStatusEnum, NetworkConnectRequest,
    NetworkDisconnectRequest,
};
use testcontainers::bollard::query_parameters::{
    AttachContainerOptionsBuilder, KillContainerOptionsBuilder, StopContainerOptionsBuilder,
    WaitContainerOptionsBuilder,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::unix::pipe;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::create::{self, Most};
use crate::docker::{DockerFailure, RunSpace, is_answer, run_inside};
use crate::error::LogExcerpt;
use crate::log::ServiceLog;
use crate::provider::{BoxFuture, Ended, Inside, Instance, Means, Struck};
use crate::readiness::NotYet;
use crate::reaper::Reaper;
use crate::usage::{ControlGroup, EngineStats, Source};

/// How long a container may take over its stop signal before it is killed. A database writes its
/// last pages in it.
const GRACE: Duration = Duration::from_secs(5);
/// How long the engine may take to say that a container has ended.
const PATIENCE: Duration = Duration::from_secs(10);
/// An engine that does not answer so many times in a row is gone.
const LOOKS: u32 = 5;
const LOOK_PAUSE: Duration = Duration::from_millis(100);

/// A container that was started.
pub(super) struct Container {
    space: Arc<RunSpace>,
    reaper: Option<Arc<Reaper>>,
    id: String,
    /// The name of its service.
    service: String,
    address: [SocketAddr; 1],
    log: ServiceLog,
    /// How it ended, once it has.
    ended: watch::Receiver<Option<Ended>>,
    /// Reads its log, and waits for its end.
    tasks: JoinSet<()>,
    /// Whether it was taken out of its network.
    is_disconnected: bool,
    /// What it was held to before a fault held it to less.
    before: Option<Before>,
    clock: Arc<dyn Clock>,
}

/// What a container could take before a fault.
struct Before {
    cpu_period: i64,
    cpu_quota: i64,
    /// In bytes; all that the machine has where it was not held to any.
    memory: i64,
    memory_swap: i64,
}

impl Container {
    /// Takes over a container that was just started: what it prints goes on in `sink`.
    pub(super) fn watch(
        space: Arc<RunSpace>,
        means: &Means,
        (id, service): (String, String),
        address: SocketAddr,
        log: ServiceLog,
        output: Output,
        sink: PipeWriter,
    ) -> Self {
        let (says, ended) = watch::channel(None);
        let mut tasks = JoinSet::new();
        tasks.spawn(copy_log(output, sink));
        tasks.spawn(wait(Arc::clone(&space), id.clone(), says));
        Self {
            space,
            reaper: means.reaper.clone(),
            id,
            service,
            address: [address],
            log,
            ended,
            tasks,
            is_disconnected: false,
            before: None,
            clock: means.clock.clone(),
        }
    }

    /// Waits until the engine says that it has ended.
    async fn until_ended(&mut self) -> Result<Ended, String> {
        let ended = self.ended.wait_for(Option::is_some);
        let ended = tokio::time::timeout(PATIENCE, ended).await;
        let ended = ended
            .map_err(|_| "the engine does not say that it has ended".to_owned())?
            .map_err(|_| "nobody hears how it ended".to_owned())?
            .clone()
            .ok_or_else(|| "nobody hears how it ended".to_owned())?;
        self.log.close().await;
        Ok(ended)
    }

    async fn kill(&self, signal: &str) -> Result<(), String> {
        let options = KillContainerOptionsBuilder::new().signal(signal).build();
        let killed = self
            .space
            .engine
            .api()
            .kill_container(&self.id, Some(options))
            .await;
        killed.map_err(words(format!("{signal} cannot be sent to it")))
    }

    async fn end(&mut self, how: &ServiceFault) -> Result<Struck, String> {
        if matches!(how, ServiceFault::Kill) {
            self.kill("SIGKILL").await?;
        } else {
            self.ask_to_end().await?;
        }
        let status = self.until_ended().await?.status;
        Ok(Struck {
            seen: format!("its container has ended ({status})"),
            is_down: true,
        })
    }

    async fn ask_to_end(&self) -> Result<(), String> {
        let seconds = i32::try_from(GRACE.as_secs()).unwrap_or(i32::MAX);
        let options = StopContainerOptionsBuilder::new().t(seconds).build();
        let stopped = self
            .space
            .engine
            .api()
            .stop_container(&self.id, Some(options))
            .await;
        stopped.map_err(words("it cannot be stopped"))
    }

    async fn pause(&self, ttl: Duration) -> Result<Struck, String> {
        if let Some(reaper) = &self.reaper {
            // Before it is held: a program that hangs right after cannot say it any more.
            let leased = reaper.lease_container(&self.id, ttl).await;
            leased.map_err(|error| format!("the reaper that would free it is gone: {error}"))?;
        }
        let paused = self.space.engine.api().pause_container(&self.id).await;
        paused.map_err(words("it cannot be paused"))?;
        Ok(still_up("its container is paused"))
    }

    async fn limit(&mut self, limit: &Limit) -> Result<Struck, String> {
        let inspected = self
            .space
            .engine
            .api()
            .inspect_container(&self.id, None)
            .await;
        let inspected = inspected.map_err(words("it cannot be looked at"))?;
        let host = inspected.host_config.unwrap_or_default();
        self.before = Some(Before {
            cpu_period: host.cpu_period.unwrap_or_default(),
            cpu_quota: host.cpu_quota.unwrap_or_default(),
            memory: match host.memory {
                Some(bytes @ 1..) => bytes,
                _ => self.machine_memory().await?,
            },
            memory_swap: host.memory_swap.unwrap_or_default(),
        });
        let most = Most::of(limit);
        self.update(ContainerUpdateBody {
            cpu_period: most.cpu_period,
            cpu_quota: most.cpu_quota,
            memory: most.memory,
            memory_swap: most.memory,
            ..ContainerUpdateBody::default()
        })
        .await?;
        let held = ServiceFault::Limit(*limit).describe();
        Ok(still_up(&format!("its container is held: {held}")))
    }

    /// The memory of the engine's machine, which is as good as no limit; a limit cannot be taken
    /// away from a container, only raised.
    async fn machine_memory(&self) -> Result<i64, String> {
        let info = self.space.engine.api().info().await;
        let info = info.map_err(words("the machine's memory is not known"))?;
        let bytes = info.mem_total;
        bytes.ok_or_else(|| "the machine's memory is not known".to_owned())
    }

    async fn disconnect(&mut self) -> Result<Struck, String> {
        let request = NetworkDisconnectRequest {
            container: self.id.clone(),
            force: Some(true),
        };
        let network = self.space.network.name();
        let gone = self
            .space
            .engine
            .api()
            .disconnect_network(network, request)
            .await;
        gone.map_err(words("it cannot be taken out of its network"))?;
        self.is_disconnected = true;
        Ok(still_up("its container is in no network"))
    }

    /// Puts it back where its name leads to it.
    async fn connect(&mut self) -> Result<(), String> {
        let request = NetworkConnectRequest {
            container: self.id.clone(),
            endpoint_config: Some(create::alias(&self.service)),
        };
        let network = self.space.network.name();
        let back = self
            .space
            .engine
            .api()
            .connect_network(network, request)
            .await;
        back.map_err(words("it cannot be put back into its network"))?;
        self.is_disconnected = false;
        Ok(())
    }

    /// Gives it back its network and its part of the machine; both outlive its process.
    async fn restore(&mut self) -> Result<(), String> {
        if self.is_disconnected {
            self.connect().await?;
        }
        if let Some(before) = self.before.take() {
            self.update(before.body()).await?;
        }
        Ok(())
    }

    async fn update(&self, body: ContainerUpdateBody) -> Result<(), String> {
        let updated = self
            .space
            .engine
            .api()
            .update_container(&self.id, body)
            .await;
        updated.map_err(words("its limits cannot be changed"))
    }
}

impl Instance for Container {
    fn candidates(&self) -> &[SocketAddr] {
        &self.address
    }

    fn ended(&mut self) -> BoxFuture<'_, Ended> {
        Box::pin(async {
            let ended = self.ended.wait_for(Option::is_some).await;
            match ended.map(|ended| ended.clone()) {
                Ok(Some(ended)) => ended,
                // Nobody is left to say it: then nothing is known, and nothing has ended.
                _ => std::future::pending().await,
            }
        })
    }

    fn stop(&mut self) -> BoxFuture<'_, bool> {
        let space = Arc::clone(&self.space);
        let stopped = async {
            if self.ended.borrow().is_none() {
                // Held, it would not hear that it is to end.
                let _ = self.free().await;
                let _ = self.ask_to_end().await;
            } else {
                // It may be started again, and then as it was before it was broken.
                let _ = self.restore().await;
            }
            self.until_ended().await.is_ok()
        };
        Box::pin(async move { space.pulse.while_it_answers(stopped).await.unwrap_or(false) })
    }

    fn strike<'a>(
        &'a mut self,
        fault: &'a ServiceFault,
        ttl: Duration,
    ) -> BoxFuture<'a, Result<Struck, String>> {
        Box::pin(async move {
            match fault {
                ServiceFault::Kill | ServiceFault::Stop | ServiceFault::Restart => {
                    self.end(fault).await
                }
                ServiceFault::Pause => self.pause(ttl).await,
                ServiceFault::Signal(signal) => {
                    self.kill(signal.name()).await?;
                    Ok(still_up(&format!(
                        "{} was sent to its container",
                        signal.name()
                    )))
                }
                ServiceFault::Limit(limit) => self.limit(limit).await,
                ServiceFault::Disconnect => self.disconnect().await,
            }
        })
    }

    fn free(&mut self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(async {
            let inspected = self
                .space
                .engine
                .api()
                .inspect_container(&self.id, None)
                .await;
            let inspected = inspected.map_err(words("it cannot be looked at"))?;
            if inspected
                .state
                .and_then(|state| state.paused)
                .unwrap_or_default()
            {
                let freed = self.space.engine.api().unpause_container(&self.id).await;
                freed.map_err(words("it cannot be let go on"))?;
            }
            if let Some(reaper) = &self.reaper {
                reaper.release_container(&self.id).await;
            }
            self.restore().await
        })
    }

    fn log(&self) -> Option<LogExcerpt> {
        Some(LogExcerpt {
            tail: self.log.tail(),
            path: self.log.path().to_owned(),
        })
    }

    fn usage(&self) -> BoxFuture<'_, Vec<Box<dyn Source>>> {
        Box::pin(async {
            let engine = &self.space.engine;
            let inspected = engine.api().inspect_container(&self.id, None).await;
            let pid = inspected.ok().and_then(|it| it.state?.pid);
            let group = pid.and_then(|pid| ControlGroup::of_container(&self.id, pid));
            let source: Box<dyn Source> = match group {
                Some(group) => Box::new(group),
                None => {
                    let clock = Arc::clone(&self.clock);
                    Box::new(EngineStats::listen(engine.clone(), self.id.clone(), clock))
                }
            };
            vec![source]
        })
    }

    fn inside(&self) -> Option<Arc<dyn Inside>> {
        Some(Arc::new(InContainer {
            space: Arc::clone(&self.space),
            id: self.id.clone(),
        }))
    }

    fn printed(&self) -> Option<watch::Receiver<bool>> {
        Some(self.log.printed())
    }
}

impl Before {
    /// What the engine is told to lift a limit: 0 means "as it is" to it. Memory and swap have to
    /// rise together, and a swap without bounds does not count as that.
    fn body(&self) -> ContainerUpdateBody {
        let is_unbound = self.cpu_quota == 0;
        ContainerUpdateBody {
            cpu_period: Some(self.cpu_period),
            cpu_quota: Some(if is_unbound { -1 } else { self.cpu_quota }),
            memory: Some(self.memory),
            memory_swap: Some(self.memory_swap.max(self.memory)),
            ..ContainerUpdateBody::default()
        }
    }
}

/// What only the engine can tell of a container.
struct InContainer {
    space: Arc<RunSpace>,
    id: String,
}

impl Inside for InContainer {
    fn health(&self) -> BoxFuture<'_, Result<(), NotYet>> {
        Box::pin(async {
            let inspected = self
                .space
                .engine
                .api()
                .inspect_container(&self.id, None)
                .await;
            let inspected = inspected.map_err(|error| NotYet::silent(error.to_string()))?;
            let health = inspected.state.and_then(|state| state.health);
            let Some(health) = health else {
                return Err(NotYet::answered(
                    "the image has no health check, and the suite gives it none",
                ));
            };
            let status = health.status.unwrap_or(HealthStatusEnum::NONE);
            if status == HealthStatusEnum::HEALTHY {
                return Ok(());
            }
            let last = health
                .log
                .and_then(|mut log| log.pop())
                .and_then(|last| last.output);
            let last = last.filter(|output| !output.trim().is_empty());
            let last = last
                .map(|output| format!(": {}", output.trim()))
                .unwrap_or_default();
            Err(NotYet::answered(format!(
                "its health check says `{status}`{last}"
            )))
        })
    }

    fn run<'a>(&'a self, words: &'a [String]) -> BoxFuture<'a, Result<(), NotYet>> {
        Box::pin(async move {
            let ran = run_inside(&self.space.engine, &self.id, words).await;
            let ran = ran.map_err(|failure| NotYet::silent(failure.to_string()))?;
            if ran.exit == 0 {
                return Ok(());
            }
            let last = ran.output.trim().lines().last().unwrap_or_default();
            Err(NotYet::answered(format!("exit code {}: {last}", ran.exit)))
        })
    }
}

/// What a container prints, stdout and stderr in the order in which the engine read them.
pub(super) type Output = Pin<Box<dyn Stream<Item = Result<LogOutput, Error>> + Send>>;

/// Takes hold of what a container prints, which is to be started after that: so nothing is missed,
/// and nothing that it had printed before is seen again.
pub(super) async fn attach(space: &RunSpace, id: &str) -> Result<Output, DockerFailure> {
    let options = AttachContainerOptionsBuilder::new()
        .stream(true)
        .stdout(true)
        .stderr(true)
        .build();
    let attached = space.engine.api().attach_container(id, Some(options)).await;
    let attached = attached.map_err(DockerFailure::of("what it prints cannot be read"))?;
    Ok(attached.output)
}

/// Copies what the container prints, until it ends.
async fn copy_log(mut output: Output, sink: PipeWriter) {
    let Ok(mut sink) = pipe::Sender::from_owned_fd(OwnedFd::from(sink)) else {
        return;
    };
    while let Some(Ok(part)) = output.next().await {
        if sink.write_all(part.as_ref()).await.is_err() {
            return;
        }
    }
}

/// Waits for the container's end and says how it ended.
async fn wait(space: Arc<RunSpace>, id: String, says: watch::Sender<Option<Ended>>) {
    let api = space.engine.api();
    loop {
        let options = WaitContainerOptionsBuilder::new()
            .condition("not-running")
            .build();
        let mut ending = Box::pin(api.wait_container(&id, Some(options)));
        let code = match ending.next().await {
            Some(Ok(answer)) => Some(answer.status_code),
            Some(Err(Error::DockerContainerWaitError { code, .. })) => Some(code),
            Some(Err(_)) | None => None,
        };
        let ended = match (look(&space, &id).await, code) {
            (Ok(state), Some(code)) => how(code, &state),
            // Only the wait was broken off.
            (Ok(state), None) if state.running == Some(true) => {
                tokio::time::sleep(LOOK_PAUSE).await;
                continue;
            }
            (Ok(state), None) => how(state.exit_code.unwrap_or(-1), &state),
            (Err(error), _) if is_answer(&error) => {
                format!("the engine lost it: {}", rtest_core::causes(&error)).into()
            }
            (Err(error), _) => Ended {
                is_lost: true,
                ..rtest_core::causes(&error).into()
            },
        };
        says.send_replace(Some(ended));
        return;
    }
}

/// Asks how a container is, again where the engine does not answer at once.
async fn look(space: &RunSpace, id: &str) -> Result<ContainerState, Error> {
    let mut attempt = 1;
    loop {
        match space.engine.api().inspect_container(id, None).await {
            Ok(seen) => return Ok(seen.state.unwrap_or_default()),
            Err(error) if is_answer(&error) || attempt == LOOKS => return Err(error),
            Err(_) => attempt += 1,
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
}

fn how(code: i64, state: &ContainerState) -> Ended {
    let out_of_memory = state.oom_killed.unwrap_or_default();
    let why = if out_of_memory { ", out of memory" } else { "" };
    Ended {
        out_of_memory,
        ..format!("exit code {code}{why}").into()
    }
}

fn words(action: impl Into<String>) -> impl FnOnce(Error) -> String {
    let failed = DockerFailure::of(action);
    move |error| failed(error).to_string()
}

fn still_up(seen: &str) -> Struck {
    Struck {
        seen: seen.to_owned(),
        is_down: false,
    }
}

/// Without the engine.
impl std::fmt::Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Container")
            .field("id", &self.id)
            .field("address", &self.address)
            .field("tasks", &self.tasks.len())
            .finish_non_exhaustive()
    }
}
