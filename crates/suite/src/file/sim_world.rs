use std::time::Duration;

use crate::collection::{List, Named};
use crate::form::{By, Form, Forms};
use crate::record::record;
use crate::scalar::{Choice, Positive, PositiveNumber, True, Word};
use rtest_core::plan::DiskError;

/// How delays are spread; the first key tells.
const SPREADS: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "an even delay",
            names: &["latency"],
            required: &[],
            optional: &["jitter"],
            hint: "",
        },
        Form {
            what: "a normal delay",
            names: &["mean"],
            required: &["deviation"],
            optional: &[],
            hint: "",
        },
        Form {
            what: "a Pareto delay",
            names: &["scale"],
            required: &[],
            optional: &["shape"],
            hint: "",
        },
        Form {
            what: "a measured delay",
            names: &["percentiles"],
            required: &[],
            optional: &[],
            hint: "",
        },
    ],
};

/// What is broken; the first key tells.
const KINDS: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "a cut link",
            names: &["partition", "down"],
            required: &["for"],
            optional: &[],
            hint: "",
        },
        Form {
            what: "a reset",
            names: &["reset"],
            required: &[],
            optional: &[],
            hint: "it is over at once",
        },
        Form {
            what: "a worse link",
            names: &["link"],
            required: &["for", "becomes"],
            optional: &[],
            hint: "",
        },
        Form {
            what: "a worse disk",
            names: &["disk"],
            required: &["for"],
            optional: &[],
            hint: "",
        },
    ],
};

record! {
    /// The world that a program runs in: what it is like, and what goes wrong in it.
    World, "a world" {
        /// Links by the host that they lead to, as the program names it: `prices.internal`, or `prices.internal:8080`.
        links "links": optional Named<WorldLink, 1>,
        /// The disk.
        disk "disk": optional WorldDisk,
        /// What goes wrong, and when.
        faults "faults": optional List<WorldFault, 1>,
    }
}

record! {
    /// A link to a host, in both directions.
    WorldLink, "a link of a world", forms SPREADS {
        /// What a packet takes one way, evenly spread; `500us` where nothing is said.
        latency "latency": optional Duration,
        /// Give or take; at most `latency`.
        jitter "jitter": optional Duration,
        /// What a packet takes one way, normally spread; what would be below 0 is none.
        mean "mean": optional Positive,
        /// The standard deviation.
        deviation "deviation": optional Duration,
        /// What a packet takes at least one way, spread as by Pareto.
        scale "scale": optional Positive,
        /// How heavy the tail is: the smaller, the heavier; 1 where absent.
        shape "shape": optional PositiveNumber,
        /// As measured: percentiles with their values, `{ 50: 1ms, 99: 30ms }`.
        percentiles "percentiles": optional Named<Duration, 1>,
        /// The share of packets that are lost, and sent again after a while: 0 to 1.
        loss "loss": optional f64,
        /// As much in each direction and second: `64KB/s`.
        bandwidth "bandwidth": optional String,
    }
}

record! {
    /// The disk of a program.
    WorldDisk, "the disk of a world", forms SPREADS {
        /// What an operation takes, evenly spread; next to nothing where nothing is said.
        latency "latency": optional Duration,
        /// Give or take; at most `latency`.
        jitter "jitter": optional Duration,
        /// What an operation takes, normally spread; what would be below 0 is none.
        mean "mean": optional Positive,
        /// The standard deviation.
        deviation "deviation": optional Duration,
        /// What an operation takes at least, spread as by Pareto.
        scale "scale": optional Positive,
        /// How heavy the tail is: the smaller, the heavier; 1 where absent.
        shape "shape": optional PositiveNumber,
        /// As measured: percentiles with their values, `{ 50: 1ms, 99: 30ms }`.
        percentiles "percentiles": optional Named<Duration, 1>,
        /// The share of system calls that fail: 0 to 1.
        errors "errors": optional f64,
        /// What they fail with; `EIO` where absent.
        error "error": optional Choice<DiskError>,
        /// No file grows: `ENOSPC`.
        full "full": optional True,
    }
}

record! {
    /// Something that goes wrong in a world, in virtual time.
    WorldFault, "a fault of a world", one of ["partition", "down", "reset", "link", "disk"], forms KINDS {
        /// When it begins, from the start of the program.
        at "at": required Duration,
        /// How long it lasts; then what it found is put back.
        lasting "for": optional Positive,
        /// The host that nothing gets through to, and nobody is told.
        partition "partition": optional String,
        /// The host to which connections are closed, and new ones refused.
        down "down": optional String,
        /// The host to which connections are reset.
        reset "reset": optional String,
        /// The host to which the link changes.
        link "link": optional String,
        /// What it becomes.
        becomes "becomes": optional WorldLink,
        /// What becomes of the disk.
        disk "disk": optional WorldDisk,
    }
}

impl Word for DiskError {
    const WHAT: &'static str = "error of a disk";

    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|error| (error.name(), error)).to_vec()
    }
}
