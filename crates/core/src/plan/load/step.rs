use std::sync::Arc;
use std::time::Duration;

use regex::Regex;

use super::{AuthPlan, ContractStep, InteractionPlan};
use crate::expectation::{Expectation, ValueMatch};
use crate::json_path::JsonPath;
use crate::span::Span;
use crate::template::Template;

/// One thing that an iteration does.
#[derive(Clone, Debug)]
pub struct Step {
    /// What.
    pub kind: StepKind,
    /// Its entry in the suite.
    pub span: Span,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Sends a request and waits for the whole answer.
    Request(Box<RequestStep>),
    /// Waits, as a person would between two clicks.
    Think(Think),
    /// Steps under a name, timed together (`group_duration`).
    Group {
        /// Its name; holds no `::`.
        name: String,
        /// In order.
        steps: Vec<Step>,
    },
    /// Steps that are taken on a condition.
    If {
        /// The condition.
        condition: Condition,
        /// Taken where it holds.
        then: Vec<Step>,
        /// Taken where it does not.
        otherwise: Vec<Step>,
    },
    /// Steps that are taken again and again.
    Loop {
        /// How often.
        repeat: Repeat,
        /// In order.
        steps: Vec<Step>,
    },
    /// Requests that are sent at the same time, each over a connection of its own; over when all
    /// have ended.
    Parallel(Vec<Step>),
    /// One of several, drawn by weight from the run's seed.
    Choose(Vec<Choice>),
    /// The interactions of contracts. Stands for requests until the contracts are read, and never
    /// in a load that runs.
    Contract(Box<ContractStep>),
}

impl StepKind {
    /// The lists of steps within this one, in the order in which they are written.
    pub fn children(&self) -> Vec<&[Step]> {
        match self {
            Self::Request(_) | Self::Think(_) | Self::Contract(_) => Vec::new(),
            Self::Group { steps, .. } | Self::Loop { steps, .. } | Self::Parallel(steps) => {
                vec![steps]
            }
            Self::If {
                then, otherwise, ..
            } => vec![then, otherwise],
            Self::Choose(choices) => choices.iter().map(|choice| &*choice.steps).collect(),
        }
    }

    /// As [`StepKind::children`], to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Vec<Step>> {
        match self {
            Self::Request(_) | Self::Think(_) | Self::Contract(_) => Vec::new(),
            Self::Group { steps, .. } | Self::Loop { steps, .. } | Self::Parallel(steps) => {
                vec![steps]
            }
            Self::If {
                then, otherwise, ..
            } => vec![then, otherwise],
            Self::Choose(choices) => choices.iter_mut().map(|choice| &mut choice.steps).collect(),
        }
    }

    /// Its name, where it is a group.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Group { name, .. } => Some(name),
            _ => None,
        }
    }
}

/// How long a virtual user thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Think {
    /// So long.
    Constant(Duration),
    /// Anything between, each as likely, drawn from the run's seed.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
}

impl Think {
    /// The longest that it can be.
    pub const fn longest(self) -> Duration {
        match self {
            Self::Constant(duration) => duration,
            Self::Uniform { max, .. } => max,
        }
    }
}

/// Holds where a text meets a match.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The text; where a hole has no value, there is none.
    pub value: Template,
    /// What it must meet.
    pub is: ValueMatch,
}

/// How often steps are taken.
#[derive(Clone, Debug)]
pub enum Repeat {
    /// So often.
    Times(u32),
    /// Before each time, as long as the condition holds.
    While {
        /// The condition.
        condition: Condition,
        /// But not more often than this.
        at_most: u32,
    },
}

/// One of several lists of steps.
#[derive(Clone, Debug)]
pub struct Choice {
    /// How likely, beside the others' weights; above 0.
    pub weight: f64,
    /// In order.
    pub steps: Vec<Step>,
}

/// A request, what is taken from its answer, and what that is expected to be.
#[derive(Clone, Debug)]
pub struct RequestStep {
    /// The endpoint's name in tags and reports; the path with `:name` for holes unless named.
    pub endpoint: String,
    /// Upper-case method.
    pub method: String,
    /// Path with query, below the target's base path.
    pub path: Template,
    /// Parameters that are encoded and added to the path's query, in order.
    pub query: Vec<(String, Template)>,
    /// Headers beyond `host`, in order.
    pub headers: Vec<(String, Template)>,
    /// The body.
    pub body: Body,
    /// Authentication of its own, instead of [`HttpPlan::auth`](super::HttpPlan::auth).
    pub auth: Option<AuthPlan>,
    /// Redirects that are followed at most; each hop is a request of its own in the results.
    pub redirects: u32,
    /// Values taken from the answer, for the steps that follow.
    pub captures: Vec<CapturePlan>,
    /// Values added to the suite's own metrics.
    pub measures: Vec<MeasurePlan>,
    /// Expectations, counted in `checks`; an unmet one fails no request.
    pub checks: Vec<CheckPlan>,
    /// The interaction of a contract that it is, where it is one.
    pub interaction: Option<InteractionPlan>,
    /// Tags of its samples beyond the scenario's.
    pub tags: Vec<(String, String)>,
    /// From when a virtual user turns to the request to the last byte, connecting included.
    pub timeout: Duration,
}

/// Redirects that are followed where the suite says nothing, as k6 does.
const REDIRECTS: u32 = 10;

impl RequestStep {
    /// A request without a body, everything else as a suite has it that says nothing of it.
    pub fn new(method: &str, path: Template, timeout: Duration) -> Self {
        Self {
            endpoint: path.source().to_owned(),
            method: method.to_owned(),
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
            auth: None,
            redirects: REDIRECTS,
            captures: Vec::new(),
            measures: Vec::new(),
            checks: Vec::new(),
            interaction: None,
            tags: Vec::new(),
            timeout,
        }
    }
}

/// A request's body. A `content-type` of the step's own wins over the one that a kind brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// Text.
    Text(Template),
    /// JSON, `application/json`. Holes stand within its strings: what fills them is escaped.
    Json(Template),
    /// `application/x-www-form-urlencoded`; values are encoded after their holes are filled.
    Form(Vec<(String, Template)>),
    /// `multipart/form-data` (RFC 7578).
    Multipart(Vec<Part>),
    /// Bytes as they are in a file.
    File(Arc<[u8]>),
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// What it holds.
    pub content: PartContent,
    /// Its `content-type`, if it says one.
    pub content_type: Option<String>,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartContent {
    /// Text.
    Text(Template),
    /// A file's bytes, under a name.
    File {
        /// As `filename` says.
        filename: String,
        /// The bytes.
        bytes: Arc<[u8]>,
    },
}

/// A value taken from an answer under a name.
#[derive(Clone, Debug)]
pub struct CapturePlan {
    /// The hole that it fills.
    pub name: String,
    /// Where it is.
    pub from: Extractor,
    /// What it is where nothing is found. Without one the hole stays empty, and a request that
    /// needs it fails.
    pub default: Option<String>,
    /// Its entry in the suite.
    pub span: Span,
}

/// Where in an answer a value is.
#[derive(Clone, Debug)]
pub enum Extractor {
    /// The first node that a JSONPath (RFC 9535) selects in the body; a string as it is, anything
    /// else as JSON.
    Json(JsonPath),
    /// A header's first value.
    Header {
        /// The header's name, any case.
        name: String,
        /// The part that the expression's first group matches, or else all of the match.
        regex: Option<Regex>,
    },
    /// What the first group of an expression matches in the body, or else all of the match.
    Regex(Regex),
    /// The first element that a CSS selector selects in an HTML body.
    Css {
        /// The selector.
        selector: String,
        /// An attribute of the element; its text where absent.
        attribute: Option<String>,
    },
}

/// A value added to a metric of the suite's own.
#[derive(Clone, Debug)]
pub struct MeasurePlan {
    /// Index into [`LoadPlan::metrics`](super::LoadPlan::metrics).
    pub metric: u16,
    /// The value.
    pub value: MeasuredValue,
    /// Its entry in the suite.
    pub span: Span,
}

/// The value of a measure: a number; of a rate, whether it is not 0.
#[derive(Clone, Debug)]
pub enum MeasuredValue {
    /// Always the same.
    Constant(f64),
    /// A text with holes that is a number (or `true`, `false`) once they are filled. Taken after
    /// the step's captures.
    Text(Template),
    /// A number in the answer.
    Extracted(Extractor),
}

/// A named expectation of an answer.
#[derive(Clone, Debug)]
pub struct CheckPlan {
    /// As shown in reports: `status 200`.
    pub name: String,
    /// What is expected.
    pub expectation: Expectation,
    /// Its entry in the suite.
    pub span: Span,
}

impl CheckPlan {
    /// Whether it asks for answers of this status: one that is asked for is no failure.
    pub fn asks_for(&self, status: u16) -> bool {
        matches!(&self.expectation, Expectation::Status(wanted) if wanted.fits(status))
    }
}
