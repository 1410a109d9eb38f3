//! What a suite says of the world, and what becomes of it while the program runs.

use rtest_core::plan::{SimFault, SimFaultKind, SimWorld};

use super::World;
use super::arrivals::Arrival;

impl World {
    /// The world as it is when the program starts, and what will go wrong in it.
    pub(crate) fn begin(&mut self, said: &SimWorld) {
        self.disk.faults.change(&said.disk);
        for (to, link) in &said.links {
            self.network.change_link(to, link, 0, &mut self.arrivals);
        }
        for fault in &said.faults {
            let at_ns = u64::try_from(fault.at.as_nanos()).unwrap_or(u64::MAX);
            self.arrivals
                .push(at_ns, Arrival::Fault(Box::new(fault.clone())));
        }
    }

    /// Something goes wrong; where it lasts for a time only, what it found is put back then.
    pub(crate) fn strike(&mut self, fault: SimFault, now_ns: u64) {
        let arrivals = &mut self.arrivals;
        let undo = match fault.kind {
            SimFaultKind::Link(to, change) => {
                let undo = self.network.change_link(&to, &change, now_ns, arrivals);
                SimFaultKind::Link(to, undo)
            }
            SimFaultKind::Disk(change) => {
                let undo = self.disk.faults.undo(&change);
                self.disk.faults.change(&change);
                SimFaultKind::Disk(undo)
            }
            SimFaultKind::Reset(to) => return self.network.reset_link(&to, now_ns, arrivals),
        };
        if let Some(lasts) = fault.lasts {
            let at = fault.at.saturating_add(lasts);
            let mended = SimFault {
                at,
                lasts: None,
                kind: undo,
            };
            let at_ns = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
            self.arrivals.push(at_ns, Arrival::Fault(Box::new(mended)));
        }
    }
}
