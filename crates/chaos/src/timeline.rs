use std::time::Duration;

use rtest_core::plan::FaultPlan;

/// Something to do on the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When, from the start of the load.
    pub(crate) at: Duration,
    /// What.
    pub(crate) action: Action,
    /// With which fault: index into the timeline of the plan.
    pub(crate) fault: u16,
}

/// What to do with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Inject,
    RollBack,
}

/// Both moments of each fault, in the order in which they are due. Where several are due at once,
/// what ends goes before what begins, so that two faults in a row never overlap.
pub(crate) fn moments<'a>(faults: impl IntoIterator<Item = (u16, &'a FaultPlan)>) -> Vec<Moment> {
    let mut moments: Vec<(u8, Moment)> = faults
        .into_iter()
        .flat_map(|(fault, plan)| {
            let moment = |at, action| Moment { at, action, fault };
            // A fault of no length can only end after it has begun.
            let end_rank = if plan.lasting.is_zero() { 2 } else { 0 };
            [
                (1, moment(plan.at, Action::Inject)),
                (end_rank, moment(plan.at + plan.lasting, Action::RollBack)),
            ]
        })
        .collect();
    moments.sort_by_key(|(rank, moment)| (moment.at, *rank));
    moments.into_iter().map(|(_, moment)| moment).collect()
}
