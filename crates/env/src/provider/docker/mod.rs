//! Services that are containers.

mod container;
mod create;
mod ready_made;

use std::sync::Arc;

use ignore::gitignore::Gitignore;
use rtest_core::EventKind;
use rtest_core::plan::{ContainerPlan, ServicePlan};
use testcontainers::bollard::body_full;
use testcontainers::bollard::query_parameters::{
    CreateContainerOptionsBuilder, UploadToContainerOptionsBuilder,
};

use tokio::task::JoinHandle;

use super::process::system;
use super::{BoxFuture, Instance, Means, Provider};
use crate::docker::{self, DockerFailure, RunSpace};
use crate::endpoint::Endpoint;
use crate::error::EnvErrorKind;
use crate::port::ReservedPort;
use crate::wiring::Wiring;
use container::Container;

/// A service that is a container. When it was ended on purpose the same one is started again, with
/// what it had written; where it was removed, a new one is made.
#[derive(Debug)]
pub(super) struct DockerProvider {
    plan: ContainerPlan,
    /// Where it is published on this machine, however often it is started.
    port: ReservedPort,
    space: Arc<RunSpace>,
    means: Means,
    /// The container's id, once it is made.
    made: Option<String>,
    /// The engine makes it. It does so also where nobody waits for that any more, and then it has
    /// to be removed all the same.
    making: Option<JoinHandle<Result<String, DockerFailure>>>,
    /// Whether it has run before, so that its log goes on.
    again: bool,
}

impl DockerProvider {
    pub(super) fn new(plan: ContainerPlan, means: Means) -> Result<Self, EnvErrorKind> {
        let space = means.docker.clone().ok_or_else(|| {
            EnvErrorKind::Inconsistent(
                "there is a container, and no engine was asked for".to_owned(),
            )
        })?;
        Ok(Self {
            plan,
            port: ReservedPort::any().map_err(system("no port can be had"))?,
            space,
            means,
            made: None,
            making: None,
            again: false,
        })
    }

    async fn run(
        &mut self,
        service: &ServicePlan,
        wiring: &Wiring,
    ) -> Result<Container, EnvErrorKind> {
        let id = match &self.made {
            Some(id) => id.clone(),
            None => self.make(service, wiring).await?,
        };
        let log = self.means.log(service, self.again);
        let (log, sink) = log.map_err(system("its log cannot be written"))?;
        self.again = true;
        let output = container::attach(&self.space, &id).await?;
        self.port.release();
        let started = self.space.engine.api().start_container(&id, None).await;
        if let Err(error) = started {
            let failed = DockerFailure::of("its container cannot be started");
            return Err(self.explained(failed(error)));
        }
        Ok(Container::watch(
            Arc::clone(&self.space),
            &self.means,
            (id, service.name.clone()),
            self.port.address(),
            log,
            output,
            sink,
        ))
    }

    /// Makes the container and puts files into it.
    async fn make(
        &mut self,
        service: &ServicePlan,
        wiring: &Wiring,
    ) -> Result<String, EnvErrorKind> {
        let events = Arc::clone(&self.means.events);
        let tell = move |note: String| {
            events.emit(EventKind::Note(format!(
                "service `{}`: {note}",
                service.name
            )));
        };
        let space = Arc::clone(&self.space);
        let engine = &space.engine;
        let ensured = docker::ensure(engine, &self.plan.image, &tell);
        let image = space.pulse.while_it_answers(ensured).await??;
        self.means.events.emit(EventKind::ServiceImage {
            service: service.name.clone(),
            image: docker::identify(engine, &image).await?,
        });
        let body = create::body(
            &self.plan,
            image,
            service,
            wiring,
            &self.space,
            self.port.address(),
        )?;
        let name = format!("rtest-{}-{}", self.space.labels.run_id(), service.name);
        let options = CreateContainerOptionsBuilder::new().name(&name).build();
        let api = engine.api().clone();
        let making = self.making.insert(tokio::spawn(async move {
            let created = api.create_container(Some(options), body).await;
            let failed = DockerFailure::of("its container cannot be made");
            Ok(created.map_err(failed)?.id)
        }));
        let id = making.await;
        self.making = None;
        let id =
            id.map_err(|panicked| DockerFailure::new("its container", panicked.to_string()))??;
        self.made = Some(id.clone());
        for file in &self.plan.files {
            let shown = file.from.display();
            let failed = format!("`{shown}` cannot be copied into the container");
            let to = file.to.trim_start_matches('/');
            let archive = docker::tarball(&file.from, to, &Gitignore::empty());
            let archive =
                archive.map_err(|error| DockerFailure::new(failed.as_str(), error.to_string()))?;
            let options = UploadToContainerOptionsBuilder::new().path("/").build();
            let body = body_full(archive.into());
            let api = engine.upload_api();
            let copied = api.upload_to_container(&id, Some(options), body);
            let copied = space.pulse.while_it_answers(copied).await?;
            copied.map_err(DockerFailure::of(failed))?;
        }
        Ok(id)
    }

    fn explained(&self, failure: DockerFailure) -> EnvErrorKind {
        let why = failure.why.as_str();
        if why.contains("already allocated") || why.contains("already in use") {
            return EnvErrorKind::PortTaken {
                port: self.port.address().port(),
            };
        }
        if why.contains("executable file not found") || why.contains("no such file") {
            return failure
                .hint("`command` names a program inside the image, and its arguments")
                .into();
        }
        failure.into()
    }
}

impl Provider for DockerProvider {
    fn endpoint(&self) -> Endpoint {
        self.port.address().into()
    }

    fn inside(&self) -> Option<u16> {
        Some(self.plan.port)
    }

    fn start<'a>(
        &'a mut self,
        service: &'a ServicePlan,
        wiring: &'a Wiring,
    ) -> BoxFuture<'a, Result<Box<dyn Instance>, EnvErrorKind>> {
        Box::pin(async move {
            let container = self.run(service, wiring).await?;
            Ok(Box::new(container) as Box<dyn Instance>)
        })
    }

    fn is_down(&mut self) {
        // Where somebody was quicker, the next start says so.
        let _ = self.port.reserve_again();
    }

    fn remove(&mut self) -> BoxFuture<'_, bool> {
        let pulse = self.space.pulse.clone();
        let removed = async {
            if let Some(making) = self.making.take()
                && let Ok(Ok(id)) = making.await
            {
                self.made = Some(id);
            }
            match self.made.take() {
                Some(id) => docker::remove_container(&self.space.engine, &id).await,
                None => true,
            }
        };
        Box::pin(async move { pulse.while_it_answers(removed).await.unwrap_or(false) })
    }
}
