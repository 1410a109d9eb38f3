use std::sync::Arc;

use super::{Asked, Difference, Double};
use crate::interaction::{Contract, Interaction};

/// An interaction that a stub serves.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub(super) contract: Arc<Contract>,
    pub(super) index: usize,
}

impl Role {
    pub(super) fn interaction(&self) -> &Interaction {
        &self.contract.interactions[self.index]
    }

    pub(super) fn double(&self) -> Option<&dyn Double> {
        self.interaction().exchange.as_ref().ok()?.double().ok()
    }

    /// Whether it is for one of these provider states.
    fn is_in(&self, states: &[String]) -> bool {
        let mut own = self.interaction().states.iter();
        own.any(|state| states.contains(&state.name))
    }
}

/// What is answered to a request.
pub(super) enum Choice<'a> {
    /// As this interaction says.
    Match(&'a Role),
    /// Nothing matches. What comes nearest, and how it differs.
    Nothing(Option<(&'a Role, Vec<Difference>)>),
}

/// Chooses among the interactions that match: those for one of the provider states first, then by
/// priority, then the first. Computes.
pub(super) fn choose<'a>(roles: &'a [Role], asked: &Asked, states: &[String]) -> Choice<'a> {
    let mut best: Option<((bool, u64), &Role)> = None;
    let mut nearest: Option<(usize, &Role, Vec<Difference>)> = None;
    for role in roles {
        let Some(double) = role.double() else {
            continue;
        };
        let differences = double
            .differences(asked)
            .unwrap_or_else(|why| vec![Difference::new("request", why)]);
        if differences.is_empty() {
            let rank = (!role.is_in(states), double.priority());
            if best.as_ref().is_none_or(|(known, _)| rank < *known) {
                best = Some((rank, role));
            }
            continue;
        }
        let distance = differences.iter().map(Difference::distance).sum();
        if nearest.as_ref().is_none_or(|(known, ..)| distance < *known) {
            nearest = Some((distance, role, differences));
        }
    }
    match best {
        Some((_, role)) => Choice::Match(role),
        None => Choice::Nothing(nearest.map(|(_, role, mut differences)| {
            // `pact_matching` collects in hash maps.
            differences.sort_by_cached_key(|it| {
                let first = std::cmp::Reverse(it.distance());
                (first, it.location.clone(), it.message.clone())
            });
            differences.dedup();
            (role, differences)
        })),
    }
}
