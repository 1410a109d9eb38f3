use std::time::Duration;

use rtest_core::plan::{DependencyFault as FaultPlan, LinkFault, Target};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::file::{Contract, DependencyFault, DependencyFaults};
use crate::shape::Field;

/// How much later answers come under `faults: each`.
const LATENCY: Duration = Duration::from_millis(500);

/// The faults under which a contract is verified again.
pub(super) fn faults(
    contract: &Contract,
    target: Option<&Target>,
    cx: &mut Context<'_>,
) -> Option<Vec<FaultPlan>> {
    if let (Some(at), true) = (contract.degrades_to.key(), contract.faults.is_absent()) {
        let message = "nothing degrades without a fault";
        let diagnostic = Diagnostic::new(Code::MissingKey, message).at(at);
        let hint = "say under what it is verified again: `faults: each`";
        cx.found.add(diagnostic.hint(hint));
    }
    let entry = match &contract.faults {
        Field::Absent => return Some(Vec::new()),
        given => given.entry()?,
    };
    match &entry.value.value {
        DependencyFaults::These(list) => {
            let faults = list.items.iter();
            let faults: Vec<_> = faults
                .map(|fault| one(&fault.value, &fault.span, cx))
                .collect();
            faults.into_iter().collect()
        }
        DependencyFaults::Each => each(target?, &entry.whole, cx),
    }
}

fn one(fault: &DependencyFault, span: &Span, cx: &mut Context<'_>) -> Option<FaultPlan> {
    let link = fault.link.spanned()?;
    let link = cx.services.link(&link.value, &link.span, cx.found);
    let fault = if let Some(latency) = fault.latency.value() {
        LinkFault::Latency {
            latency: latency.0,
            jitter: Duration::ZERO,
        }
    } else if fault.reset.value().is_some() {
        LinkFault::Reset
    } else {
        fault.down.value()?;
        LinkFault::Down
    };
    Some(FaultPlan {
        link: link?,
        fault,
        span: span.clone(),
    })
}

/// Latency, reset and outage of each link of the provider.
fn each(target: &Target, span: &Span, cx: &mut Context<'_>) -> Option<Vec<FaultPlan>> {
    let links = cx.services.links().iter();
    let own = links.filter(|link| *target == Target::Service(link.caller.clone()));
    let own: Vec<String> = own.map(|link| link.name.clone()).collect();
    if own.is_empty() {
        let message = "the provider has no link that could be broken";
        cx.found.add(
            Diagnostic::new(Code::UnknownLink, message)
                .at(span)
                .hint("the links of a service are those to what it `depends_on`"),
        );
        return None;
    }
    let latency = LinkFault::Latency {
        latency: LATENCY,
        jitter: Duration::ZERO,
    };
    let kinds = [latency, LinkFault::Reset, LinkFault::Down];
    let faults = own.into_iter().flat_map(|link| {
        kinds.clone().map(|fault| FaultPlan {
            link: link.clone(),
            fault,
            span: span.clone(),
        })
    });
    Some(faults.collect())
}
