use std::time::Duration;

use rtest_core::RecordedUnit;

use crate::collection::{Named, OneOrMany};
use crate::form::{By, Form, Forms};
use crate::record::record;
use crate::scalar::{Choice, Positive, PositiveNumber, Whole};

record! {
    /// What happens to requests on a link, read as HTTP/1.1.
    HttpFault, "a fault of requests", one of ["abort", "delay", "replace", "truncate", "host"] {
        /// Which requests; all where absent.
        matching "match": optional HttpMatch,
        /// How many of the matching ones: `20%`. Which ones is drawn from the seed.
        percentage "percentage": optional String,
        /// Only the first so many of the matching ones.
        first "first": optional Whole<1, 1_000_000_000>,
        /// Only every Nth of the matching ones.
        every "every": optional Whole<2, 1_000_000_000>,
        /// Answers without asking the callee.
        abort "abort": optional HttpAnswer,
        /// Sends the request later, and what follows it on its connection.
        delay "delay": optional HttpDelay,
        /// Changes the callee's answer.
        replace "replace": optional HttpAnswer,
        /// Breaks the answer off.
        truncate "truncate": optional Truncate,
        /// Sends the request with this `Host`.
        host "host": optional String,
    }
}

record! {
    /// Which requests a fault is about.
    HttpMatch, "what requests are like" {
        /// The method, or several.
        method "method": optional OneOrMany<String>,
        /// The path without its query: `/products/:id`, `/img/**`; `*` is any text within a segment.
        path "path": optional String,
        /// Headers by name, each with its value, in which `*` is any text.
        headers "headers": optional Named<String, 1>,
    }
}

record! {
    /// An answer, or what one is changed to.
    HttpAnswer, "an answer" {
        /// Its status; 503 where an `abort` has none.
        status "status": optional Whole<200, 599>,
        /// Headers by name, each in place of those of its name.
        headers "headers": optional Named<String, 1>,
        /// Its body.
        body "body": optional String,
    }
}

record! {
    /// Where an answer is broken off.
    Truncate, "a truncation" {
        /// After so much of its content: `100B`.
        after "after": required String,
    }
}

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
        Form {
            what: "a recorded delay",
            names: &["recorded"],
            required: &[],
            optional: &["unit", "tag"],
            hint: "",
        },
    ],
};

record! {
    /// How long a request is held.
    HttpDelay, "a delay of requests", one of ["latency", "mean", "scale", "percentiles", "recorded"], forms SPREADS {
        /// So long, evenly spread.
        latency "latency": optional Positive,
        /// Give or take; at most `latency`.
        jitter "jitter": optional Duration,
        /// So long, normally spread; what would be below 0 is none.
        mean "mean": optional Positive,
        /// The standard deviation.
        deviation "deviation": optional Duration,
        /// At least so long, spread as by Pareto.
        scale "scale": optional Positive,
        /// How heavy the tail is: the smaller, the heavier; 1 where absent.
        shape "shape": optional PositiveNumber,
        /// As measured: percentiles with their values, `{ 50: 1ms, 99: 30ms }`.
        percentiles "percentiles": optional Named<Duration, 1>,
        /// As recorded in this HDR histogram log (`.hlog`): each delay as often as it was there.
        recorded "recorded": optional String,
        /// What a number of the log counts: `us` (where absent, as rtest writes), `ns` or `ms`.
        unit "unit": optional Choice<RecordedUnit>,
        /// Which intervals of the log, by their tag, in which `*` stands for anything; those without a tag where absent.
        tag "tag": optional String,
    }
}
