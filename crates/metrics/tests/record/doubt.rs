//! What looks well under a fault and is not, what looks broken and is not, and where neither can be
//! said.

use rtest_core::sample::Outcome;
use rtest_metrics::GateStatus::{Inconclusive, Passed};
use rtest_metrics::record::GuardrailHeader;
use rtest_metrics::{GateKind, Verdict};

use crate::recording::{header, series, span, tick, write};
use crate::resilience::is;

#[test]
fn a_guardrail_that_few_samples_meet_is_not_never_so() {
    let verdict = |samples: usize, least: u64| {
        let mut plan = header(&[]);
        plan.guardrails.push(GuardrailHeader {
            name: "http_req_failed rate>0.5".into(),
            min_samples: Some(least),
            span: span(40),
        });
        let failed = vec![series(Outcome::Status(500), 0, vec![5; samples])];
        let (_folder, record) = write(plan, vec![(1000, tick(0, 0, failed))]);
        let gates = Verdict::of(&record).gates;
        let gate = gates.into_iter().find(|it| it.kind == GateKind::Guardrail);
        let gate = gate.expect("a guardrail is a gate");
        (gate.status, gate.observed)
    };
    is(
        verdict(31, 100),
        Inconclusive,
        "1.000 (n = 31), and it needs 100 samples to end the drill",
    );
    is(verdict(0, 100), Passed, "never so");
}
