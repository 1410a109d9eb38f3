//! How the environment came up, and what it waited for.

use std::time::Duration;

use rtest_core::clock::RunTime;
use rtest_metrics::{RunRecord, ServiceRecord};

use crate::number::took;

/// The chain of services that decided when all were ready: each waited for the one before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CriticalPath<'a> {
    /// In the order of time.
    pub(crate) legs: Vec<Leg<'a>>,
}

/// A service of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Leg<'a> {
    /// Its name.
    pub(crate) service: &'a str,
    /// When it began to be prepared.
    pub(crate) began: RunTime,
    /// When it was ready.
    pub(crate) ready: RunTime,
}

impl Leg<'_> {
    pub(crate) fn took(&self) -> Duration {
        self.ready.since(self.began)
    }
}

impl<'a> CriticalPath<'a> {
    /// Of this run; `None` where no service had to be started, or not all were ready.
    pub(crate) fn of(record: &'a RunRecord) -> Option<Self> {
        let ours = || record.services.iter().filter(|it| began(it).is_some());
        if ours().any(|service| service.ready.is_none()) {
            return None;
        }
        let leg = |service: &'a ServiceRecord| {
            Some(Leg {
                service: &service.name,
                began: began(service)?,
                ready: service.ready?,
            })
        };
        let mut legs = vec![ours().filter_map(leg).max_by_key(|leg| leg.ready)?];
        while let Some(earliest) = legs.last() {
            let headers = &record.header.services;
            let header = headers.iter().find(|it| it.name == earliest.service);
            let callees = header.map_or(&[][..], |header| &header.depends_on);
            let waited = ours().filter(|service| callees.contains(&service.name));
            let Some(next) = waited.filter_map(leg).max_by_key(|leg| leg.ready) else {
                break;
            };
            // A damaged record may go round in a circle.
            if next.ready > earliest.began || legs.len() > record.services.len() {
                break;
            }
            legs.push(next);
        }
        legs.reverse();
        Some(Self { legs })
    }

    /// From the first service of the chain to the last one's readiness.
    pub(crate) fn took(&self) -> Duration {
        let ends = self.legs.first().zip(self.legs.last());
        ends.map_or(Duration::ZERO, |(first, last)| {
            last.ready.since(first.began)
        })
    }

    /// Whether the service is one of the chain.
    pub(crate) fn has(&self, service: &str) -> bool {
        self.legs.iter().any(|leg| leg.service == service)
    }

    /// `ready in 2.1 s: db 1.0 s → api 0.4 s`.
    pub(crate) fn in_words(&self) -> String {
        let legs = self.legs.iter();
        let legs = legs.map(|leg| format!("{} {}", leg.service, took(leg.took())));
        let legs: Vec<String> = legs.collect();
        format!("ready in {}: {}", took(self.took()), legs.join(" → "))
    }
}

/// When a service began to be prepared, or, in a record that does not say so, to run.
pub(crate) fn began(service: &ServiceRecord) -> Option<RunTime> {
    service.preparing.or(service.started)
}
