use rtest_core::plan::{FaultPlan, FaultTarget};

/// For each fault, those that have to be over before it begins: what it comes `after`, and what is
/// to end, on the same link or service, by the time it begins. Indices into the same list.
pub(crate) fn predecessors(faults: &[FaultPlan]) -> Vec<Vec<usize>> {
    let of = |(index, fault): (usize, &FaultPlan)| {
        let before = faults.iter().enumerate().filter(|(other, earlier)| {
            if fault.after.as_ref() == Some(&earlier.series) {
                return true;
            }
            let ends_by_then = earlier.at + earlier.lasting <= fault.at;
            // Of two that begin at once, the one that takes no time goes first.
            let goes_first = earlier.at < fault.at || earlier.lasting.is_zero() && *other < index;
            *other != index && ends_by_then && goes_first && share_a_target(earlier, fault)
        });
        before.map(|(other, _)| other).collect()
    };
    faults.iter().enumerate().map(of).collect()
}

fn share_a_target(one: &FaultPlan, other: &FaultPlan) -> bool {
    match (&one.target, &other.target) {
        (FaultTarget::Link { link, .. }, FaultTarget::Link { link: other, .. }) => link == other,
        (
            FaultTarget::Services { services, .. },
            FaultTarget::Services {
                services: others, ..
            },
        ) => services.among.iter().any(|it| others.among.contains(it)),
        _ => false,
    }
}
