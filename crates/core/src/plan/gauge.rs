use std::path::PathBuf;

use crate::json_path::JsonPath;
use crate::plan::{HttpCall, ProbeKind, Target};
use crate::template::Template;

/// A number that is read again and again while load runs: the length of a queue.
#[derive(Clone, Debug)]
pub struct GaugePlan {
    /// In reports: `GET /queue $.depth`.
    pub name: String,
    /// Where it is read.
    pub source: GaugeSource,
}

/// Where a number is read.
#[derive(Clone, Debug)]
pub enum GaugeSource {
    /// In the JSON that a call is answered with.
    Http {
        /// Whom.
        target: Target,
        /// What.
        call: HttpCall,
        /// Where in the answer; the first that it selects counts.
        path: JsonPath,
    },
    /// In the first column of the first row of a query.
    Sql {
        /// `postgres://user:password@host:port/database`.
        url: Template,
        /// The query.
        query: String,
    },
    /// In what a command prints.
    Command {
        /// Program and arguments.
        words: Vec<Template>,
        /// Where it runs.
        cwd: PathBuf,
    },
    /// In what is sampled of a service all the same: the name is that of the metric.
    Usage,
    /// 1 while a probe holds, and 0 while it does not.
    Probe(ProbeKind),
}
