use std::time::Duration;

use rtest_core::plan::Continuously;
use rtest_core::{RecordedUnit, Span, Template};

use crate::collection::{List, Named, OneOrMany};
use crate::file::expectation::{Matcher, Status};
use crate::file::{Expect, HttpFault};
use crate::form::{By, Form, Forms};
use crate::record::record;
use crate::scalar::{Choice, Json, Positive, True, Whole, Word};
use crate::shape::{Entry, Field};

record! {
    /// Faults on a timeline, and what must hold around them.
    Chaos, "chaos" {
        /// What the steady state is: holds before the first fault, and again after the last.
        hypothesis "hypothesis": optional List<Probe>,
        /// The faults.
        timeline "timeline": required List<Fault, 1>,
        /// What ends the drill, and the load with it, before its time.
        guardrails "guardrails": optional Guardrails,
    }
}

record! {
    /// What ends the drill, and the load with it, before its time. What is broken is mended, and the run fails.
    Guardrails, "guardrails" {
        /// Bounds on metrics that end it when they are met: `http_req_failed rate>0.5`. They are held against what was measured since something began to be broken, or since everything was mended.
        abort_when "abort_when": optional OneOrMany<String>,
        /// As many samples a bound needs before it can be met; 100 where absent.
        min_samples "min_samples": optional Whole<1, 1_000_000_000>,
        /// Probes that are asked every second, and end it when they fail twice in a row.
        probes "probes": optional List<GuardProbe, 1>,
        /// A file that ends it by being there, relative to the suite file.
        kill_switch "kill_switch": optional String,
        /// Targets outside of this machine that may be put under load and faults.
        allow "allow": optional List<Allowed, 1>,
    }
}

record! {
    /// A target outside of this machine that may be put under load and faults.
    Allowed, "an allowed target" {
        /// Its host, without a port.
        target "target": required String,
        /// Why; it stands in the record.
        reason "reason": required String,
    }
}

record! {
    /// One probe.
    Probe, "a probe", one of ["metric", "http", "tcp", "command", "sql"] {
        /// A bound on a metric while nothing is broken: `http_req_failed rate<0.01`.
        metric "metric": optional String,
        /// A call, and what its answer must be.
        http "http": optional ProbeCall,
        /// Whether a TCP connection is accepted, and not closed at once: a service, or `host:port`.
        tcp "tcp": optional String,
        /// A command, and how it must end.
        command "command": optional ProbeCommand,
        /// A query to a Postgres database on this machine, and what it must give.
        sql "sql": optional ProbeQuery,
        /// Asks it every second as well: `outside` faults, or `always`. After a fault it has 5 s to hold again.
        continuously "continuously": optional Choice<Continuously>,
        /// Its name in reports.
        name "name": optional String,
    }
}

record! {
    /// A probe that ends the drill.
    GuardProbe, "a guardrail's probe", one of ["http", "tcp", "command", "sql"] {
        /// A call, and what its answer must be.
        http "http": optional ProbeCall,
        /// Whether a TCP connection is accepted, and not closed at once: a service, or `host:port`.
        tcp "tcp": optional String,
        /// A command, and how it must end.
        command "command": optional ProbeCommand,
        /// A query to a Postgres database on this machine, and what it must give.
        sql "sql": optional ProbeQuery,
        /// Its name in reports.
        name "name": optional String,
    }
}

/// What it asks is asked as a probe of the hypothesis asks it.
impl From<&GuardProbe> for Probe {
    fn from(probe: &GuardProbe) -> Self {
        Self {
            metric: Field::Absent,
            http: probe.http.clone(),
            tcp: probe.tcp.clone(),
            command: probe.command.clone(),
            sql: probe.sql.clone(),
            continuously: Field::Absent,
            name: probe.name.clone(),
        }
    }
}

impl Word for Continuously {
    const WHAT: &'static str = "part of a run";

    fn words() -> Vec<(&'static str, Self)> {
        vec![("outside", Self::OutsideFaults), ("always", Self::Always)]
    }
}

record! {
    /// A command, and how it must end.
    ProbeCommand, "a probe's command" {
        /// Program and arguments.
        run "run": required List<Template, 1>,
        /// Exit codes that hold; 0 where absent.
        exit "exit": optional OneOrMany<Whole<0, 255>>,
        /// What it prints on stdout: a value or a matcher.
        output "output": optional Matcher,
    }
}

record! {
    /// A query to a Postgres database on this machine, and what it must give.
    ProbeQuery, "a probe's query", one of ["rows", "value"] {
        /// `postgres://user:password@{{ db.host }}:{{ db.port }}/database`.
        url "url": required Template,
        /// The query.
        query "query": required String,
        /// Its rows, in order: `[[Surya, 7]]`.
        rows "rows": optional List<Json>,
        /// The first column of its first row: a value or a matcher.
        value "value": optional Matcher,
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

/// What is broken, and the keys that only such faults have.
const KINDS: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "a fault on a link",
            names: &["latency", "down", "reset", "http", "toxic"],
            required: &["link", "for"],
            optional: &[],
            hint: "it breaks the `link` between two services, not a service",
        },
        Form {
            what: "a fault on services",
            names: &["kill", "stop", "pause", "signal", "limit", "disconnect"],
            required: &["for"],
            optional: &["service", "services", "label", "pick"],
            hint: "it strikes a `service`, not the link between two",
        },
        Form {
            what: "a restart",
            names: &["restart"],
            required: &[],
            optional: &["service", "services", "label", "pick"],
            hint: "it lasts until the service is ready again",
        },
    ],
};

record! {
    /// One fault: what is broken, where, and when.
    Fault, "a fault", one of ["latency", "down", "reset", "http", "toxic", "kill", "stop", "pause", "restart", "signal", "limit", "disconnect"], forms KINDS {
        /// When it begins, from the start of the load.
        at "at": optional Duration,
        /// In place of `at`: the `name` of another fault, which is to be over before this one begins.
        after "after": optional String,
        /// How long to wait when the one that it comes `after` is over.
        wait "wait": optional Duration,
        /// How long it lasts.
        lasting "for": optional Positive,
        /// Breaks it again so long after it began.
        every "every": optional Positive,
        /// How often it is broken in all; without it, until the load ends.
        times "times": optional Whole<2, 1000>,
        /// The link that it breaks: `caller -> callee`.
        link "link": optional String,
        /// The service that it strikes.
        service "service": optional String,
        /// The services that it strikes.
        services "services": optional List<String, 1>,
        /// The services that it strikes, by one of their `labels`: `tier=db`.
        label "label": optional String,
        /// How many of several services: `all`, `one`, or a share of them, `50%`. Which ones is drawn from the seed, anew each time.
        pick "pick": optional String,
        /// Answers come later.
        latency "latency": optional Latency,
        /// Connections are closed, and new ones refused.
        down "down": optional True,
        /// Connections are reset, new ones when their first request was read: it is seen who tries.
        reset "reset": optional True,
        /// Something happens to requests, and not to their connections.
        http "http": optional HttpFault,
        /// Anything else that the proxy can do to a connection.
        toxic "toxic": optional ToxicKeys,
        /// What the system is expected to do about it.
        expect "expect": optional Expect,
        /// Ends it at once (SIGKILL), and starts it again when the fault is over.
        kill "kill": optional True,
        /// Asks it to end (SIGTERM), and starts it again when the fault is over.
        stop "stop": optional True,
        /// Holds it where it stands (SIGSTOP) until the fault is over.
        pause "pause": optional True,
        /// Asks it to end, and starts it again at once. The fault is over when it is ready.
        restart "restart": optional True,
        /// Sends it a signal, `SIGUSR1`. Should it end of it, it is started again when the fault is over.
        signal "signal": optional String,
        /// Holds it to a part of the machine.
        limit "limit": optional LimitKeys,
        /// Takes a container out of its network until the fault is over.
        disconnect "disconnect": optional True,
        /// Its name in tags and reports; `latency caller -> callee` where absent.
        name "name": optional String,
    }
}

impl Fault {
    /// The key that says what is broken.
    pub(crate) fn kind(&self) -> Option<Span> {
        let flags = [
            &self.down,
            &self.reset,
            &self.kill,
            &self.stop,
            &self.pause,
            &self.restart,
            &self.disconnect,
        ];
        let flags = flags.into_iter().filter_map(|flag| flag.entry());
        let whole = [
            self.latency.entry().map(|entry| &entry.whole),
            self.http.entry().map(|entry| &entry.whole),
            self.toxic.entry().map(|entry| &entry.whole),
            self.signal.entry().map(|entry| &entry.whole),
            self.limit.entry().map(|entry| &entry.whole),
        ];
        let mut all = flags
            .map(|entry| &entry.whole)
            .chain(whole.into_iter().flatten());
        all.next().cloned()
    }
}

record! {
    /// A toxic, in the words of the proxy's control API.
    ToxicKeys, "a toxic" {
        /// Its type: `bandwidth`, `loss`.
        kind "type": required String,
        /// Whose bytes it touches: `downstream` (answers; where absent) or `upstream` (requests).
        stream "stream": optional Choice<ToxicStream>,
        /// The share of connections that it touches, 0 to 1; all where absent.
        toxicity "toxicity": optional f64,
        /// Its attributes, with the units of the API.
        attributes "attributes": optional Named<Json, 1>,
    }
}

/// Whose bytes a toxic touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToxicStream {
    /// The callee's.
    Downstream,
    /// The caller's.
    Upstream,
}

impl Word for ToxicStream {
    const WHAT: &'static str = "direction";

    fn words() -> Vec<(&'static str, Self)> {
        vec![
            ("downstream", Self::Downstream),
            ("upstream", Self::Upstream),
        ]
    }
}

/// What a latency is made of; the first key tells.
const LATENCIES: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "a latency",
            names: &["latency"],
            required: &[],
            optional: &["jitter", "from", "steps"],
            hint: "",
        },
        Form {
            what: "a recorded latency",
            names: &["recorded"],
            required: &[],
            optional: &["unit", "tag"],
            hint: "it is spread as it was recorded",
        },
    ],
};

record! {
    /// How much later answers come.
    Latency, "latency", one of ["latency", "recorded"], forms LATENCIES {
        /// By how much.
        latency "latency": optional Positive,
        /// Give or take, evenly spread; at most `latency`.
        jitter "jitter": optional Duration,
        /// Where it begins: it changes from here to `latency` while the fault lasts.
        from "from": optional Duration,
        /// In how many steps it gets there; 10 where absent.
        steps "steps": optional Whole<2, 1000>,
        /// As recorded in this HDR histogram log (`.hlog`): each delay as often as it was there.
        recorded "recorded": optional String,
        /// What a number of the log counts: `us` (where absent, as rtest writes), `ns` or `ms`.
        unit "unit": optional Choice<RecordedUnit>,
        /// Which intervals of the log, by their tag, in which `*` stands for anything; those without a tag where absent.
        tag "tag": optional String,
    }
}

impl Word for RecordedUnit {
    const WHAT: &'static str = "unit of a histogram log";

    fn words() -> Vec<(&'static str, Self)> {
        Self::ALL.to_vec()
    }
}

record! {
    /// The part of the machine that a service is left with.
    LimitKeys, "a limit" {
        /// CPU time, as a share of one core: `50%`, or `200%` for two.
        cpu "cpu": optional String,
        /// Memory, `64MB`. The system ends what asks for more.
        memory "memory": optional String,
    }
}
