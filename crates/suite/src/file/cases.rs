//! The `cases` section, key by key.

use rtest_core::Template;
use serde_json::{Value, json};

use crate::collection::{List, Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::file::{Capture, CaptureKeys, Fields, Matcher, Status};
use crate::form::{By, Form, Forms};
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::{Json, Positive, Whole};
use crate::shape::{Entry, Field, Shape};

/// Cases, and how they are run.
#[derive(Clone, Debug)]
pub(crate) struct Cases {
    /// The cases.
    pub(crate) list: List<Case, 1>,
    /// How many run at the same time at most.
    pub(crate) jobs: Field<Whole<1, 256>>,
}

impl Shape for Cases {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if !matches!(node.kind, Kind::Mapping(_)) {
            let CaseList(list) = CaseList::read(node, found)?;
            let jobs = Field::Absent;
            return Some(Self { list, jobs });
        }
        let keys = CasesKeys::read(node, found)?;
        let CaseList(list) = keys.list.value()?;
        Some(Self {
            list: list.clone(),
            jobs: keys.jobs,
        })
    }

    fn schema() -> Value {
        json!({ "anyOf": [CaseList::schema(), CasesKeys::schema()] })
    }
}

record! {
    /// Cases, and how they are run.
    CasesKeys, "`cases`" {
        /// How many cases run at the same time at most, of those that may; 1 where absent. `rtest run --jobs N` wins over it.
        jobs "jobs": optional Whole<1, 256>,
        /// The cases: a list, or a path to a file or a folder of them.
        list "list": required CaseList,
    }
}

/// Cases; a path in their place has been replaced by what is in its files.
#[derive(Clone, Debug)]
pub(crate) struct CaseList(List<Case, 1>);

impl Shape for CaseList {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        List::read(node, found).map(Self)
    }

    fn schema() -> Value {
        let path = json!({
            "type": "string",
            "description": "A file of cases, or a folder of such files, relative to the suite file.",
        });
        json!({ "anyOf": [path, List::<Case, 1>::schema()] })
    }
}

record! {
    /// Steps against the running services, each held against what is expected of it. Before each case the data of every service with a `reset` is brought back.
    Case, "a case" {
        /// Its unique name.
        name "name": required String,
        /// What it is selected by: `rtest run --tag users`.
        tags "tags": optional List<String, 1>,
        /// Where its requests go: a service's name, or `http[s]://host[:port]`. The load's target where absent, or else the only service that speaks HTTP.
        target "target": optional String,
        /// How often it is tried again where it fails; 0 where absent. One that passes then is told as flaky.
        retries "retries": optional Whole<0, 10>,
        /// Whether what answers set as cookies is sent with the requests that follow; true where absent. Each case begins without any.
        cookies "cookies": optional bool,
        /// Whether it may run beside other such cases (`--jobs`): data is brought back before the first of a row of them, not between them. True where absent, if no service has a `reset`.
        concurrent "concurrent": optional bool,
        /// Its steps, in order; the first that does not hold ends it.
        steps "steps": required List<CaseStep, 1>,
    }
}

const KINDS: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "a request",
            names: &["get", "post", "put", "patch", "delete", "head", "options"],
            required: &[],
            optional: &[
                "query",
                "headers",
                "json",
                "body",
                "form",
                "file",
                "redirects",
                "timeout",
                "expect",
                "capture",
            ],
            hint: "",
        },
        other("`sql`", &["sql"]),
        other("`redis`", &["redis"]),
        other("`kafka`", &["kafka"]),
        other("`wait`", &["wait"]),
    ],
};

const fn other(what: &'static str, names: &'static [&'static str]) -> Form {
    Form {
        what,
        names,
        required: &[],
        optional: &[],
        hint: "",
    }
}

record! {
    /// One thing that a case does: a request, a question to a store, or a pause.
    CaseStep, "a step", one of [
        "get", "post", "put", "patch", "delete", "head", "options",
        "sql", "redis", "kafka", "wait",
    ], forms KINDS {
        /// Sends a GET request to this path below the target.
        get "get": optional Template,
        /// Sends a POST request to this path below the target.
        post "post": optional Template,
        /// Sends a PUT request to this path below the target.
        put "put": optional Template,
        /// Sends a PATCH request to this path below the target.
        patch "patch": optional Template,
        /// Sends a DELETE request to this path below the target.
        delete "delete": optional Template,
        /// Sends a HEAD request to this path below the target.
        head "head": optional Template,
        /// Sends an OPTIONS request to this path below the target.
        options "options": optional Template,
        /// Runs a statement in a Postgres database.
        sql "sql": optional SqlKeys,
        /// Sends a command to a Redis.
        redis "redis": optional RedisKeys,
        /// Puts a message into a topic of a Kafka, or looks for one.
        kafka "kafka": optional KafkaKeys,
        /// Waits. Where something is to come true, `within` waits no longer than it takes.
        wait "wait": optional Positive,
        /// Parameters added to the path's query, encoded; a list of values sends the parameter once for each.
        query "query": optional Fields,
        /// Request headers.
        headers "headers": optional Named<Template>,
        /// A JSON body, of any shape; `content-type: application/json` is added. Holes stand within its texts.
        json "json": optional Json,
        /// A body of plain text.
        body "body": optional Template,
        /// A body as an HTML form sends it, encoded; `content-type: application/x-www-form-urlencoded` is added.
        form "form": optional Fields,
        /// A body that is this file, byte for byte, relative to the suite file.
        file "file": optional String,
        /// Redirects that are followed at most; 10 where absent.
        redirects "redirects": optional Whole<0, 100>,
        /// How long the whole answer may take before it counts as none; 10s where absent.
        timeout "timeout": optional Positive,
        /// What the answer must be. Where it says no status, any of 2xx and 3xx will do.
        expect "expect": optional CaseExpect,
        /// Values taken from the answer, by the name of the hole that each fills: `$.id`, `{ header: location }` or `{ regex: "…" }`.
        capture "capture": optional Named<CaseCapture, 1>,
        /// How long what is expected may take to come true: the step is taken again and again until then. Not of requests that change something.
        within "within": optional Positive,
    }
}

record! {
    /// What an answer must be. `{{ … }}` in a value is filled; one that is nothing but a hole is compared as what was captured, number or text.
    CaseExpect, "an expectation" {
        /// The status: `200`, `[200, 201]` or `2xx`.
        status "status": optional Status,
        /// Headers by name, each with a value or a matcher.
        headers "headers": optional Named<Matcher, 1>,
        /// What JSONPaths (RFC 9535) select in the body, each with a value or a matcher.
        json "json": optional Named<Matcher, 1>,
        /// Text that the body contains.
        body_contains "body_contains": optional OneOrMany<String>,
        /// A JSON Schema that the body is valid under: a file, relative to the suite file.
        schema "schema": optional String,
        /// The body is what it was when `--update-snapshots` wrote `snapshots/NAME.snap` beside the suite file.
        snapshot "snapshot": optional String,
        /// How long the answer may take.
        time "time": optional Positive,
    }
}

record! {
    /// A statement in a Postgres database, and what it must give.
    SqlKeys, "`sql`" {
        /// The service.
        service "service": required String,
        /// The statement. What fills its holes is bound as a parameter, so no quotes belong around them.
        query "query": required Template,
        /// Its rows, in order: `[[Surya, 7]]`; or its only value: a value or a matcher.
        expect "expect": optional RowsOrValue,
    }
}

record! {
    /// A command to a Redis, and what its reply must be.
    RedisKeys, "`redis`" {
        /// The service.
        service "service": required String,
        /// The command and its arguments: `[GET, "user:{{ id }}"]`.
        command "command": required List<Template, 1>,
        /// The reply: a value or a matcher.
        expect "expect": optional Matcher,
    }
}

record! {
    /// A message into a topic of a Kafka, or one to look for.
    KafkaKeys, "`kafka`", one of ["publish", "consume"] {
        /// The service.
        service "service": required String,
        /// The topic that the message is put into.
        publish "publish": optional Template,
        /// The topic in which a message is looked for that came since the case began.
        consume "consume": optional Template,
        /// Of a message that is put in: its key.
        key "key": optional Template,
        /// Of a message that is put in: its value, of any shape.
        json "json": optional Json,
        /// Of a message that is looked for: what JSONPaths select in its value; all of it in one message.
        expect "expect": optional Named<Matcher, 1>,
    }
}

const PLACES: Forms = Forms {
    by: By::Key,
    forms: &[
        other("`json`", &["json"]),
        Form {
            optional: &["regex"],
            ..other("`header`", &["header"])
        },
        other("`regex`", &["regex"]),
    ],
};

record! {
    /// A value taken from an answer.
    CaseCaptureKeys, "a capture", one of ["json", "header", "regex"], forms PLACES {
        /// A JSONPath (RFC 9535) in the body.
        json "json": optional String,
        /// A header's first value.
        header "header": optional String,
        /// A regular expression in the body or, beside `header`, in the header: its first group, or else all that it matches.
        regex "regex": optional String,
        /// The value where nothing is found. Without one, the step fails.
        default "default": optional String,
    }
}

/// A value taken from an answer: as a load takes it, but from no HTML.
#[derive(Clone, Debug)]
pub(crate) struct CaseCapture(Capture);

impl AsRef<Capture> for CaseCapture {
    fn as_ref(&self) -> &Capture {
        &self.0
    }
}

impl Shape for CaseCapture {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if !matches!(node.kind, Kind::Mapping(_)) {
            return Capture::read(node, found).map(Self);
        }
        let keys = CaseCaptureKeys::read(node, found)?;
        Some(Self(Capture::By(Box::new(CaptureKeys {
            json: keys.json,
            header: keys.header,
            css: Field::Absent,
            regex: keys.regex,
            attribute: Field::Absent,
            default: keys.default,
        }))))
    }

    fn schema() -> Value {
        let path = json!({ "type": "string", "pattern": r"^\s*\$", "examples": ["$.id"] });
        json!({ "anyOf": [path, CaseCaptureKeys::schema()] })
    }
}

/// What a statement must give.
#[derive(Clone, Debug)]
pub(crate) enum RowsOrValue {
    /// Rows, each a list of its values.
    Rows(List<Json>),
    /// The first column of the first row.
    Value(Matcher),
}

impl Shape for RowsOrValue {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        match node.kind {
            Kind::Sequence(_) => List::read(node, found).map(Self::Rows),
            _ => Matcher::read(node, found).map(Self::Value),
        }
    }

    fn schema() -> Value {
        let rows = json!({ "type": "array", "items": { "type": "array" } });
        json!({ "anyOf": [rows, Matcher::schema()] })
    }
}

impl CaseStep {
    /// The request's method and path, where the step is a request.
    pub(crate) fn request(&self) -> Option<(&'static str, &Entry<Template>)> {
        [
            ("GET", &self.get),
            ("POST", &self.post),
            ("PUT", &self.put),
            ("PATCH", &self.patch),
            ("DELETE", &self.delete),
            ("HEAD", &self.head),
            ("OPTIONS", &self.options),
        ]
        .into_iter()
        .find_map(|(method, path): (_, &Field<_>)| Some((method, path.entry()?)))
    }
}
