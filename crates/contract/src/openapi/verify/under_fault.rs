//! What an operation comes to while something behind its provider is broken: it holds, degrades to
//! an error that was declared, or violates its document.

use rtest_core::event::InteractionOutcome;
use rtest_core::plan::OpenApiCheck;

use super::{Exchanged, Sending};
use crate::mismatch::excerpt;
use crate::openapi::failures::Failures;
use crate::openapi::request::Case;

/// Valid requests of an operation that are sent under a fault, at most: each may take as long as an
/// answer may, and what is broken answers most of them alike.
const MOST: usize = 3;

impl Sending<'_> {
    /// Sends the first of these valid requests. Nothing is made smaller: what differs may differ by
    /// the moment.
    pub(super) async fn under_fault(&self, cases: Vec<Case>) -> InteractionOutcome {
        let mut failures = Failures::default();
        let mut degraded = None;
        let mut unanswered = None;
        for case in cases.into_iter().take(MOST) {
            let exchanged = match self.one(&case).await {
                Ok(exchanged) => exchanged,
                Err(why) => {
                    unanswered = Some(self.unanswered(&case, why));
                    break;
                }
            };
            if self.degrades(&exchanged) {
                let (_, answer, _) = &exchanged;
                degraded
                    .get_or_insert_with(|| format!("{} {}", answer.status, excerpt(&answer.body)));
                continue;
            }
            let (wire, answer, findings) = exchanged;
            for (check, finding) in findings {
                failures.add(check, finding, &case, &wire, &answer);
            }
        }
        let told = failures.told.into_iter();
        let mut mismatches: Vec<_> = told.map(|failure| self.mismatch(failure)).collect();
        mismatches.extend(unanswered);
        match (mismatches.is_empty(), degraded) {
            (false, _) => InteractionOutcome::Mismatched(mismatches),
            (true, Some(answer)) => InteractionOutcome::Degraded(answer),
            (true, None) => InteractionOutcome::Verified,
        }
    }

    /// Whether this is an error that was declared: by the document, which it keeps to otherwise, or
    /// by the plan.
    fn degrades(&self, (_, answer, findings): &Exchanged) -> bool {
        let is_kept_to = findings
            .iter()
            .all(|(check, _)| *check == OpenApiCheck::NotAServerError);
        if is_kept_to {
            let turned_away = answer.status >= 500 || answer.status == 429;
            return turned_away && self.operation().response(answer.status).is_some();
        }
        let declared = self.plan.degrades_to.as_ref();
        declared.is_some_and(|declared| declared.fits(answer.status))
    }
}
