use rtest_core::{Code, Diagnostic, Template};
use serde_json::{Value, json};

use crate::collection::List;
use crate::diagnostics::Diagnostics;
use crate::file::GuardProbe;
use crate::node::Node;
use crate::record::record;
use crate::scalar::{Positive, VARIABLE, Whole};
use crate::shape::{Shape, wrong_type};

record! {
    /// What the system is expected to do about a fault, read from what crosses its links and from
    /// the load.
    Expect, "what a system does about a fault" {
        /// Callers give up in time.
        deadline "deadline": optional Deadline,
        /// Callers try again, but not too often.
        retries "retries": optional Retries,
        /// Callers stop trying, and start again when it helps.
        breaker "breaker": optional Breaker,
        /// Requests that cannot be served are turned away at once.
        shed "shed": optional Shed,
        /// Requests that the callee does not serve are answered all the same.
        fallback "fallback": optional Fallback,
        /// The load is served as before, and stays so.
        recovery "recovery": optional Recovery,
        /// Something in the system shows that it knows.
        detect "detect": optional Detect,
        /// A queue stays bounded, and is worked off.
        backlog "backlog": optional Backlog,
        /// What cannot be worked off is put aside, and nothing else is.
        dead_letters "dead_letters": optional DeadLetters,
    }
}

record! {
    /// How soon the system notices: a breaker opens, a probe of the hypothesis that is asked `always` no longer holds, or the `probe` here holds.
    Detect, "a detection" {
        /// From the injection.
        within "within": required Positive,
        /// Holds from when the system has noticed; it is asked five times a second.
        probe "probe": optional GuardProbe,
    }
}

record! {
    /// How long a queue gets. Its length is read five times a second while load runs, or as often as a service is looked at.
    Backlog, "a backlog", one of ["http", "sql", "command", "metric"] {
        /// The length, in the JSON that a call is answered with.
        http "http": optional NumberCall,
        /// The length, in the first column of the first row of a query.
        sql "sql": optional NumberQuery,
        /// The length, as this command prints it: program and arguments.
        command "command": optional List<Template, 1>,
        /// The length, as it is sampled of a service: `service.db.connections_waiting`.
        metric "metric": optional String,
        /// So long at most, from the injection on.
        max "max": required Whole<0, 1_000_000_000_000>,
        /// From the rollback until it is as long as before, give or take a tenth and one, and stays so.
        drains_within "drains_within": optional Positive,
    }
}

record! {
    /// How many messages are put aside. Their number is read five times a second while load runs.
    DeadLetters, "dead letters", one of ["http", "sql", "command"] {
        /// Their number, in the JSON that a call is answered with.
        http "http": optional NumberCall,
        /// Their number, in the first column of the first row of a query.
        sql "sql": optional NumberQuery,
        /// Their number, as this command prints it: program and arguments.
        command "command": optional List<Template, 1>,
        /// So many more than before the fault at least.
        min "min": optional Whole<0, 1_000_000_000_000>,
        /// So many more than before the fault at most.
        max "max": optional Whole<0, 1_000_000_000_000>,
    }
}

record! {
    /// A call whose answer has a number.
    NumberCall, "a call for a number" {
        /// Sends a GET request to this path.
        get "get": required String,
        /// The service that is asked; the load's target where absent.
        service "service": optional String,
        /// Where the number is in the answer, as a JSONPath (RFC 9535).
        json "json": required String,
    }
}

record! {
    /// A query to a Postgres database on this machine that gives a number.
    NumberQuery, "a query for a number" {
        /// `postgres://user:password@{{ db.host }}:{{ db.port }}/database`.
        url "url": required Template,
        /// The query.
        query "query": required String,
    }
}

record! {
    /// How long a caller waits for one attempt.
    Deadline, "a deadline" {
        /// At most so long, with a tenth and 10 ms to spare; one attempt, or one in a hundred, may be later.
        within "within": required Positive,
    }
}

record! {
    /// How a caller tries again.
    Retries, "retries" {
        /// Attempts beyond the first, for one request.
        max_per_request "max_per_request": required Whole<0, 1000>,
        /// Whether pauses must grow from one retry to the next.
        backoff "backoff": optional bool,
        /// Whether pauses must be spread.
        jitter "jitter": optional bool,
        /// Whether what is not idempotent may be repeated too; it may not where absent.
        unsafe_too "unsafe_too": optional bool,
    }
}

record! {
    /// When a circuit breaker opens and closes.
    Breaker, "a breaker" {
        /// From the injection until callers have all but stopped trying.
        opens_within "opens_within": required Positive,
        /// From the rollback until they try as before.
        closes_within "closes_within": optional Positive,
    }
}

record! {
    /// How requests are turned away.
    Shed, "load shedding" {
        /// With this status; 503 where absent.
        status "status": optional Whole<400, 599>,
        /// The 99th percentile of their response time, at most.
        within "within": required Positive,
    }
}

record! {
    /// What is answered in place of what the callee does not serve.
    Fallback, "a fallback" {
        /// At least so many of the requests: `>0.95` or `95%`.
        rate "rate": required Least,
        /// The check of the flow by which a fallback is known; any success where absent.
        check "check": optional String,
    }
}

record! {
    /// When the load is served as before.
    Recovery, "a recovery" {
        /// From the rollback.
        within "within": required Positive,
    }
}

/// A share that is reached or exceeded: `>0.95`, `>=95%`, `0.95`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Least(pub(crate) f64);

impl Shape for Least {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let Some(text) = node.scalar_text() else {
            wrong_type(node, "a share such as `>0.95` or `95%`", None, found);
            return None;
        };
        let text = text.trim();
        let bound = text.strip_prefix(">=").or_else(|| text.strip_prefix('>'));
        let number = bound.unwrap_or(text).trim();
        let share = match number.strip_suffix('%') {
            Some(percent) => percent
                .trim()
                .parse::<f64>()
                .ok()
                .map(|percent| percent / 100.0),
            None => number.parse().ok(),
        };
        let share = share.filter(|share| (0.0..=1.0).contains(share));
        if share.is_none() {
            found.add(
                Diagnostic::new(Code::OutOfRange, format!("`{text}` is not a share"))
                    .at(&node.span)
                    .hint("shares are from 0 to 1, or from 0% to 100%: `>0.95`, `95%`"),
            );
        }
        share.map(Self)
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "number", "minimum": 0, "maximum": 1 },
            { "type": "string", "pattern": format!(r"^\s*(>=?)?\s*[0-9.]+\s*%?\s*$|{VARIABLE}") },
        ] })
    }
}
