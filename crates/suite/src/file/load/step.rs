use rtest_core::Template;
use serde_json::{Value, json};

use crate::collection::{List, Named};
use crate::diagnostics::Diagnostics;
use crate::file::Check;
use crate::file::load::{
    Auth, Capture, ConditionKeys, Fields, Measure, PartValue, Repeat, Think, Weighted,
};
use crate::form::{By, Form, Forms};
use crate::node::Node;
use crate::record::record;
use crate::scalar::{Choice, Json, Positive, ShareOfAnswers, Whole, Word};
use crate::shape::{Entry, Field, Shape};

/// A step's keys; boxed, for steps stand within steps.
#[derive(Clone, Debug)]
pub(crate) struct Step(pub(crate) Box<StepKeys>);

impl Step {
    /// Its name among the schema's definitions.
    pub(crate) const DEFINITION: &'static str = "step";

    /// What the definition says.
    pub(crate) fn definition() -> Value {
        StepKeys::schema()
    }
}

impl Shape for Step {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        StepKeys::read(node, found).map(|keys| Self(Box::new(keys)))
    }

    /// A reference: steps stand within steps.
    fn schema() -> Value {
        json!({ "$ref": format!("#/definitions/{}", Self::DEFINITION) })
    }
}

/// Provider states as a load finds them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct AsTheyAre;

impl Word for AsTheyAre {
    const WHAT: &'static str = "way to have provider states in a load";

    fn words() -> Vec<(&'static str, Self)> {
        vec![("as-they-are", Self)]
    }
}

/// What a step can be, and the keys that only requests, groups, loops, conditions and contracts have.
const KINDS: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "a request",
            names: &["get", "post", "put", "patch", "delete", "head", "options"],
            required: &[],
            optional: &[
                "name",
                "query",
                "headers",
                "json",
                "body",
                "form",
                "multipart",
                "file",
                "auth",
                "redirects",
                "timeout",
                "capture",
                "measure",
                "check",
                "tags",
            ],
            hint: "",
        },
        without_keys("`think`", &["think"]),
        Form {
            required: &["steps"],
            ..without_keys("`group`", &["group"])
        },
        Form {
            required: &["then"],
            optional: &["else"],
            ..without_keys("`if`", &["if"])
        },
        Form {
            required: &["steps"],
            ..without_keys("`loop`", &["loop"])
        },
        without_keys("`parallel`", &["parallel"]),
        without_keys("`choose`", &["choose"]),
        Form {
            required: &["provider"],
            optional: &["sample", "states"],
            ..without_keys("`contract`", &["contract"])
        },
    ],
};

const fn without_keys(what: &'static str, names: &'static [&'static str]) -> Form {
    Form {
        what,
        names,
        required: &[],
        optional: &[],
        hint: "",
    }
}

record! {
    /// One thing that an iteration does: a request, a pause, or other steps in some order.
    StepKeys, "a step", one of [
        "get", "post", "put", "patch", "delete", "head", "options",
        "think", "group", "if", "loop", "parallel", "choose", "contract",
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
        /// Waits, as a person would between two clicks: `1s`, or `{ min: 500ms, max: 2s }` for anything between.
        think "think": optional Think,
        /// Takes `steps` under this name, timed together in `group_duration`.
        group "group": optional String,
        /// Takes `then` where the condition holds, and `else` where it does not.
        condition "if": optional ConditionKeys,
        /// Takes `steps` so often: `3`, or `{ while: { … }, at_most: 100 }`.
        repeat "loop": optional Repeat,
        /// Sends these requests at the same time, each over a connection of its own.
        parallel "parallel": optional List<Step, 1>,
        /// Takes the steps of one of these, drawn by weight.
        choose "choose": optional List<Weighted, 1>,
        /// Sends the interactions of a pact, or of a folder of pacts, relative to the suite file: their requests one after the other, in order. Answers are held against the contract, and counted in `contract_violations`.
        contract "contract": optional String,
        /// The provider's name in the contracts; those of others are passed over.
        provider "provider": optional String,
        /// How many of the answers are held against the contract, drawn from the run's seed: `10%`; all where absent.
        sample "sample": optional ShareOfAnswers,
        /// Sends interactions with provider states, too: `as-they-are`, for a load sets up none. Where absent they are left out, and named.
        states "states": optional Choice<AsTheyAre>,
        /// The steps of a `group` or a `loop`, in order.
        steps "steps": optional List<Step, 1>,
        /// Steps for when the condition of `if` holds.
        then "then": optional List<Step, 1>,
        /// Steps for when the condition of `if` does not hold.
        otherwise "else": optional List<Step, 1>,
        /// The endpoint's name in tags and reports; the path with `:name` for its holes where absent.
        name "name": optional String,
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
        /// A body of several parts by name, each text or `{ file: photo.png }`; `content-type: multipart/form-data` is added.
        multipart "multipart": optional Named<PartValue, 1>,
        /// A body that is this file, byte for byte, relative to the suite file.
        file "file": optional String,
        /// Authentication instead of `load.http.auth`.
        auth "auth": optional Auth,
        /// Redirects that are followed at most; 10 where absent. Each is a request of its own in the results.
        redirects "redirects": optional Whole<0, 100>,
        /// From when a virtual user turns to the request to its last byte; `load.timeout` where absent.
        timeout "timeout": optional Positive,
        /// Values taken from the answer, by the name of the hole that each fills: `$.id`, `{ header: location }`, `{ regex: "…" }` or `{ css: "…" }`.
        capture "capture": optional Named<Capture, 1>,
        /// Values added to metrics of the suite's own, by the metric's name: a number, a path such as `$.total`, or text with holes.
        measure "measure": optional Named<Measure, 1>,
        /// What the answer is expected to be; counted in the metric `checks`.
        check "check": optional Check,
        /// Tags of the request's samples.
        tags "tags": optional Named<String>,
    }
}

impl StepKeys {
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

    /// Every list of steps within this one, as it is written.
    pub(crate) fn children(&self) -> Vec<&List<Step, 1>> {
        let lists = [&self.steps, &self.then, &self.otherwise, &self.parallel];
        let choices = self.choose.value().map(|choices| &choices.items);
        let weighted = choices.into_iter().flatten();
        lists
            .into_iter()
            .filter_map(Field::value)
            .chain(weighted.filter_map(|choice| choice.value.steps.value()))
            .collect()
    }
}
