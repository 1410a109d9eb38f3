use std::time::Duration;

/// What the world around a simulated program is like, and what becomes of it. What is absent is as
/// in a world of which nothing is said, or, where it changes another, stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimWorld {
    /// Links, by `HOST` or `HOST:PORT`.
    pub links: Vec<(String, SimLink)>,
    /// The disk.
    pub disk: SimDisk,
    /// What goes wrong, and when.
    pub faults: Vec<SimFault>,
}

/// The way to a host, in both directions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimLink {
    /// What each packet takes, one way.
    pub delay: Option<SimDelay>,
    /// 0 to 1: the share of packets that are lost, and sent again after a while.
    pub loss: Option<f64>,
    /// Bytes a second in each direction; none for no limit.
    pub rate: Option<Option<u64>>,
    /// Live connections are closed, new ones refused.
    pub down: Option<bool>,
    /// Nothing gets through, and nobody is told.
    pub partitioned: Option<bool>,
}

/// The disk of a simulated machine.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SimDisk {
    /// What each operation takes beyond the page cache's time.
    pub delay: Option<SimDelay>,
    /// 0 to 1: the share of system calls that fail.
    pub errors: Option<f64>,
    /// What they fail with.
    pub error: Option<DiskError>,
    /// No file can grow.
    pub full: Option<bool>,
}

/// How a delay is spread.
#[derive(Clone, Debug, PartialEq)]
pub enum SimDelay {
    /// Evenly over `latency` ± `jitter`.
    Uniform {
        /// The middle.
        latency: Option<Duration>,
        /// To either side of it.
        jitter: Option<Duration>,
    },
    /// Normally; what would be below 0 is none.
    Normal {
        /// The middle.
        mean: Option<Duration>,
        /// The standard deviation.
        deviation: Option<Duration>,
    },
    /// Pareto's: never below `scale`, and a tail that is the heavier the smaller `shape` is.
    Pareto {
        /// The least.
        scale: Option<Duration>,
        /// Above 0; 1 where nothing is said.
        shape: Option<f64>,
    },
    /// As measured: percentiles, 0 to 100 and rising, with their values, even in between.
    Percentiles(Vec<(f64, Duration)>),
}

/// What a system call on a disk that is about to break fails with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskError {
    /// The medium.
    Io,
    /// Somebody else holds it.
    Access,
    /// The process has no descriptors left.
    TooManyFiles,
    /// A quota, or a neighbour that comes and goes.
    NoSpace,
}

impl DiskError {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Io, Self::Access, Self::TooManyFiles, Self::NoSpace];

    /// Its name: `EIO`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Io => "EIO",
            Self::Access => "EACCES",
            Self::TooManyFiles => "EMFILE",
            Self::NoSpace => "ENOSPC",
        }
    }

    /// The one of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.name() == name)
    }
}

/// What goes wrong in a simulated world.
#[derive(Clone, Debug, PartialEq)]
pub struct SimFault {
    /// When, in virtual time since the program started.
    pub at: Duration,
    /// For how long, in virtual time; what it found is put back then. Without it, it stays.
    pub lasts: Option<Duration>,
    /// What.
    pub kind: SimFaultKind,
}

/// What can go wrong at an instant.
#[derive(Clone, Debug, PartialEq)]
pub enum SimFaultKind {
    /// A link changes.
    Link(String, SimLink),
    /// Live connections over a link are reset.
    Reset(String),
    /// The disk changes.
    Disk(SimDisk),
}
