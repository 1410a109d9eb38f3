use rtest_core::plan::OpenApiCheck;

use crate::mismatch::excerpt;
use crate::openapi::check::Finding;
use crate::openapi::request::{Case, Wire};
use crate::provider::Answer;

/// Most failures of an operation that are told.
const MOST: usize = 20;

/// The failures of an operation's requests, each once.
#[derive(Default)]
pub(crate) struct Failures {
    /// In the order found.
    pub(crate) told: Vec<Failure>,
    /// Findings beyond those that are told.
    pub(crate) beyond: usize,
}

/// What a check found, by the request that showed it.
pub(crate) struct Failure {
    pub(crate) check: OpenApiCheck,
    pub(crate) finding: Finding,
    pub(crate) case: Case,
    pub(crate) wire: Wire,
    /// `500 with {"error":"…"}`
    pub(crate) answered: String,
    /// How many more requests showed the same.
    pub(crate) others: usize,
}

impl Failures {
    /// Adds a finding, unless the same is known.
    pub(crate) fn add(
        &mut self,
        check: OpenApiCheck,
        finding: Finding,
        case: &Case,
        wire: &Wire,
        answer: &Answer,
    ) {
        let known = self
            .told
            .iter_mut()
            .find(|known| known.is_same(check, &finding));
        if let Some(known) = known {
            known.others += 1;
        } else if self.told.len() >= MOST {
            self.beyond += 1;
        } else {
            self.told.push(Failure {
                check,
                finding,
                case: case.clone(),
                wire: wire.clone(),
                answered: answered(answer),
                others: 0,
            });
        }
    }
}

impl Failure {
    /// Whether a finding is this one again: of the same check, about the same place of the answer
    /// and of the document. Which value is wrong there may differ.
    pub(crate) fn is_same(&self, check: OpenApiCheck, finding: &Finding) -> bool {
        let is_status = finding.location == "status";
        self.check == check
            && self.finding.location == finding.location
            && self.finding.at == finding.at
            && (!is_status || self.finding.actual == finding.actual)
    }

    /// The same, shown by another request.
    pub(crate) fn replace(&mut self, finding: Finding, case: Case, wire: Wire, answer: &Answer) {
        self.finding = finding;
        self.case = case;
        self.wire = wire;
        self.answered = answered(answer);
    }
}

fn answered(answer: &Answer) -> String {
    format!("{} with {}", answer.status, excerpt(&answer.body))
}
