use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rtest_core::usage::UsageTick;

use super::source::{Moment, Source};

/// The sources of every service that runs.
#[derive(Clone, Default)]
pub(crate) struct Board(Arc<Mutex<Sources>>);

/// By service.
type Sources = BTreeMap<String, Vec<Box<dyn Source>>>;

impl Board {
    /// The place of one service, where services are looked at.
    pub(crate) fn seat(&self, service: &str) -> Seat {
        Seat {
            service: service.to_owned(),
            board: self.clone(),
        }
    }

    /// Reads all of them.
    pub(super) fn read(&self, moment: &mut Moment<'_>) -> UsageTick {
        let mut tick = UsageTick::default();
        let mut services = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (service, sources) in services.iter_mut() {
            let readings = sources.iter_mut().flat_map(|source| source.read(moment));
            let readings: Vec<_> = readings.collect();
            if !readings.is_empty() {
                tick.services.push((service.clone(), readings));
            }
        }
        tick
    }
}

/// Where the sources of one service are put.
#[derive(Clone)]
pub(crate) struct Seat {
    service: String,
    board: Board,
}

impl Seat {
    /// From now on this is read as well.
    pub(crate) fn add(&self, source: Box<dyn Source>) {
        let mut services = self.board.0.lock().unwrap_or_else(PoisonError::into_inner);
        services
            .entry(self.service.clone())
            .or_default()
            .push(source);
    }

    /// The service has ended.
    pub(crate) fn clear(&self) {
        let mut services = self.board.0.lock().unwrap_or_else(PoisonError::into_inner);
        services.remove(&self.service);
    }
}

impl fmt::Debug for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Board").finish_non_exhaustive()
    }
}
