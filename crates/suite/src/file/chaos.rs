use std::time::Duration;

use crate::collection::{List, Named, OneOrMany};
use crate::file::Expect;
use crate::file::expectation::{Matcher, Status};
use crate::record::record;
use crate::scalar::{Positive, True};
use crate::shape::{Entry, Field};

record! {
    /// Faults on a timeline, and what must hold around them.
    Chaos, "chaos" {
        /// What the steady state is: holds before the first fault, and again after the last.
        hypothesis "hypothesis": optional List<Probe>,
        /// The faults.
        timeline "timeline": required List<Fault, 1>,
    }
}

record! {
    /// One probe of the hypothesis.
    Probe, "a probe", one of ["metric", "http"] {
        /// A bound on a metric while nothing is broken: `http_req_failed rate<0.01`.
        metric "metric": optional String,
        /// A call, and what its answer must be.
        http "http": optional ProbeCall,
        /// Its name in reports.
        name "name": optional String,
    }
}

record! {
    /// A call that changes nothing, and what its answer must be.
    ProbeCall, "a probe's call", one of ["get", "head", "options"] {
        /// Sends a GET request to this path.
        get "get": optional String,
        /// Sends a HEAD request to this path.
        head "head": optional String,
        /// Sends an OPTIONS request to this path.
        options "options": optional String,
        /// The service that is asked; the load's target where absent.
        service "service": optional String,
        /// The status: `200`, `[200, 201]` or `2xx`. Where nothing at all is expected, `2xx` is.
        status "status": optional Status,
        /// Headers by name, each with a value or a matcher.
        headers "headers": optional Named<Matcher, 1>,
        /// What JSONPaths (RFC 9535) select in the body, each with a value or a matcher.
        json "json": optional Named<Matcher, 1>,
        /// Text that the body contains.
        body_contains "body_contains": optional OneOrMany<String>,
    }
}

impl ProbeCall {
    /// Method and path.
    pub(crate) fn request(&self) -> Option<(&'static str, &Entry<String>)> {
        [
            ("GET", &self.get),
            ("HEAD", &self.head),
            ("OPTIONS", &self.options),
        ]
        .into_iter()
        .find_map(|(method, path): (_, &Field<_>)| Some((method, path.entry()?)))
    }
}

record! {
    /// One fault.
    Fault, "a fault", one of ["latency", "down", "reset"] {
        /// When it begins, from the start of the load.
        at "at": required Duration,
        /// How long it lasts.
        lasting "for": required Positive,
        /// The link that it breaks: `caller -> callee`.
        link "link": required String,
        /// Answers come later.
        latency "latency": optional Latency,
        /// Connections are closed, and new ones refused.
        down "down": optional True,
        /// Connections are reset, new ones when their first request was read: it is seen who tries.
        reset "reset": optional True,
        /// What the system is expected to do about it.
        expect "expect": optional Expect,
        /// Its name in tags and reports; `latency caller -> callee` where absent.
        name "name": optional String,
    }
}

record! {
    /// How much later answers come.
    Latency, "latency" {
        /// By how much.
        latency "latency": required Positive,
        /// Give or take, evenly spread; at most `latency`.
        jitter "jitter": optional Duration,
    }
}
