use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use rtest_core::UnknownVariable;
use rtest_core::plan::{ContainerPlan, HealthCheck, Limit, ServicePlan, Volume, VolumeSource};
use testcontainers::bollard::models::{
    ContainerCreateBody, EndpointSettings, HealthConfig, HostConfig, Mount, MountType,
    MountVolumeOptions, NetworkingConfig, PortBinding,
};

use crate::docker::{DockerFailure, Labels, RunSpace};
use crate::error::EnvErrorKind;
use crate::wiring::Wiring;

/// Microseconds in which a share of the CPU is spent; the engine's own.
const CPU_PERIOD: i64 = 100_000;

/// All that the engine is told of a container, which is published at `published`.
pub(super) fn body(
    plan: &ContainerPlan,
    image: String,
    service: &ServicePlan,
    wiring: &Wiring,
    space: &RunSpace,
    published: SocketAddr,
) -> Result<ContainerCreateBody, EnvErrorKind> {
    let port = format!("{}/tcp", plan.port);
    let mut labels: HashMap<String, String> = plan.labels.iter().cloned().collect();
    labels.extend(space.labels.service(&service.name));
    Ok(ContainerCreateBody {
        image: Some(image),
        hostname: Some(service.name.clone()),
        user: plan.user.clone(),
        env: Some(environment(service, wiring)?),
        cmd: command(plan, service, wiring)?,
        labels: Some(labels),
        exposed_ports: Some(vec![port.clone()]),
        healthcheck: plan.health.as_ref().map(health),
        host_config: Some(HostConfig {
            port_bindings: Some(HashMap::from([(port, Some(vec![binding(published)]))])),
            mounts: Some(mounts(plan, &space.labels)?),
            extra_hosts: space.network.extra_hosts(),
            // The first process of a container ignores SIGTERM unless it handles it, and node, like
            // most, does not; an init in its place passes it on to one that it ends.
            init: Some(true),
            network_mode: Some(space.network.name().to_owned()),
            ..plan.limit.as_ref().map(limited).unwrap_or_default()
        }),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(
                space.network.name().to_owned(),
                alias(&service.name),
            )])),
        }),
        ..ContainerCreateBody::default()
    })
}

/// A place in the run's network, under the name of the service.
pub(super) fn alias(service: &str) -> EndpointSettings {
    EndpointSettings {
        aliases: Some(vec![service.to_owned()]),
        ..EndpointSettings::default()
    }
}

/// The most that a container may take, as the engine counts it.
pub(super) struct Most {
    pub(super) cpu_period: Option<i64>,
    pub(super) cpu_quota: Option<i64>,
    pub(super) memory: Option<i64>,
}

impl Most {
    pub(super) fn of(limit: &Limit) -> Self {
        let quota = limit
            .cpu_percent
            .map(|percent| CPU_PERIOD * i64::from(percent) / 100);
        Self {
            cpu_period: quota.map(|_| CPU_PERIOD),
            cpu_quota: quota,
            memory: limit
                .memory_bytes
                .map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
        }
    }
}

fn limited(limit: &Limit) -> HostConfig {
    let most = Most::of(limit);
    HostConfig {
        cpu_period: most.cpu_period,
        cpu_quota: most.cpu_quota,
        memory: most.memory,
        // Without swap: a limit that the disk makes up for is none.
        memory_swap: most.memory,
        ..HostConfig::default()
    }
}

fn environment(service: &ServicePlan, wiring: &Wiring) -> Result<Vec<String>, UnknownVariable> {
    let variables = wiring.environment(service)?;
    let mut last: Vec<(String, String)> = Vec::new();
    for (name, value) in variables {
        match last.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => last.push((name, value)),
        }
    }
    let lines = last
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"));
    Ok(lines.collect())
}

fn command(
    plan: &ContainerPlan,
    service: &ServicePlan,
    wiring: &Wiring,
) -> Result<Option<Vec<String>>, UnknownVariable> {
    let words = plan.command.as_ref().map(|words| {
        let words = words.iter().map(|word| wiring.render(&service.name, word));
        words.collect::<Result<Vec<String>, UnknownVariable>>()
    });
    words.transpose()
}

fn binding(published: SocketAddr) -> PortBinding {
    PortBinding {
        host_ip: Some(published.ip().to_string()),
        host_port: Some(published.port().to_string()),
    }
}

fn mounts(plan: &ContainerPlan, labels: &Labels) -> Result<Vec<Mount>, DockerFailure> {
    plan.volumes
        .iter()
        .map(|volume| mount(volume, labels))
        .collect()
}

fn mount(volume: &Volume, labels: &Labels) -> Result<Mount, DockerFailure> {
    let (kind, source) = match &volume.source {
        VolumeSource::Memory => (MountType::TMPFS, None),
        VolumeSource::Named(name) => {
            let name = format!("rtest-{}-{name}", labels.run_id());
            (MountType::VOLUME, Some(name))
        }
        VolumeSource::Path(path) => {
            let whole = std::path::absolute(path).map_err(|error| {
                DockerFailure::new(
                    format!("`{}` cannot be mounted", path.display()),
                    error.to_string(),
                )
            })?;
            (MountType::BIND, Some(whole.display().to_string()))
        }
    };
    let is_named = matches!(volume.source, VolumeSource::Named(_));
    Ok(Mount {
        typ: Some(kind),
        source,
        target: Some(volume.to.clone()),
        read_only: Some(volume.read_only),
        volume_options: is_named.then(|| MountVolumeOptions {
            labels: Some(labels.run()),
            ..MountVolumeOptions::default()
        }),
        ..Mount::default()
    })
}

fn health(check: &HealthCheck) -> HealthConfig {
    let nanos = |duration: Duration| i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
    let test = ["CMD".to_owned()]
        .into_iter()
        .chain(check.command.iter().cloned());
    HealthConfig {
        test: Some(test.collect()),
        interval: Some(nanos(check.every)),
        timeout: Some(nanos(check.timeout)),
        retries: Some(i64::from(check.retries)),
        ..HealthConfig::default()
    }
}
