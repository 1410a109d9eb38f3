use std::path::PathBuf;
use std::time::Duration;

use crate::plan::Limit;
use crate::template::Template;

/// A container: its image, and what it is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPlan {
    /// What it is made from.
    pub image: Image,
    /// The port that it listens on inside.
    pub port: u16,
    /// Program and arguments instead of the image's own `CMD`.
    pub command: Option<Vec<Template>>,
    /// Who its process runs as, `user[:group]`, instead of the image's own.
    pub user: Option<String>,
    /// Files and folders of this machine, copied into it before it starts.
    pub files: Vec<FileCopy>,
    /// What is mounted into it.
    pub volumes: Vec<Volume>,
    /// The part of the machine that it is held to from the start.
    pub limit: Option<Limit>,
    /// Labels beside the run's own.
    pub labels: Vec<(String, String)>,
    /// How the engine asks it whether it is well, instead of the image's own way.
    pub health: Option<HealthCheck>,
}

/// What a container is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// An image by its name; pulled where the engine does not have it.
    Named(String),
    /// An image that is built first.
    Build(BuildPlan),
}

/// How an image is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildPlan {
    /// The folder that is sent to the engine, without what its `.dockerignore` names.
    pub context: PathBuf,
    /// The Dockerfile, relative to the context.
    pub dockerfile: String,
    /// The stage of the Dockerfile that is built; the last one where absent.
    pub target: Option<String>,
    /// Values of the Dockerfile's `ARG`s.
    pub args: Vec<(String, String)>,
}

/// A file or a folder that is copied into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCopy {
    /// Where it is on this machine.
    pub from: PathBuf,
    /// Its absolute path in the container.
    pub to: String,
}

/// What is mounted into a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Where it comes from.
    pub source: VolumeSource,
    /// Its absolute path in the container.
    pub to: String,
    /// Whether the container may only read it.
    pub read_only: bool,
}

/// Where a volume comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VolumeSource {
    /// A folder or a file of this machine.
    Path(PathBuf),
    /// A volume of the run, by the name under which its services share it. It goes with the run.
    Named(String),
    /// Memory.
    Memory,
}

/// A command that the engine runs in a container, time and again, to see whether it is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Program and arguments.
    pub command: Vec<String>,
    /// How long after one check the next begins.
    pub every: Duration,
    /// How long one may take.
    pub timeout: Duration,
    /// As many in a row must fail before it counts as unhealthy.
    pub retries: u16,
}
