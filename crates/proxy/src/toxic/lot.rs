use std::sync::Arc;

use rand::Rng;
use rtest_core::{Seed, Stream as RandomStream};

use super::ToxicConfig;

/// From where a link draws its lots.
#[derive(Clone, Debug)]
pub(crate) struct LotSource {
    pub(crate) seed: Seed,
    pub(crate) proxy: Arc<str>,
    /// From 1, in the order of acceptance.
    pub(crate) connection: u64,
}

/// What one toxic drew for one connection.
#[derive(Debug)]
pub(crate) struct Lot {
    /// Decides with the toxicity whether the connection is touched; at least 0, below 1. Drawn
    /// once: a later change of the toxicity is held against the same draw.
    pub(crate) draw: f64,
    /// For the toxic's own decisions.
    pub(crate) random: RandomStream,
}

impl LotSource {
    /// The lot of a toxic, by its name and direction; always the same.
    pub(crate) fn draw(&self, toxic: &ToxicConfig) -> Lot {
        let label = format!(
            "proxy/{}/{}/{}/{}",
            self.proxy, self.connection, toxic.stream, toxic.name
        );
        let mut random = self.seed.stream(&label);
        let draw = unit(&mut random);
        Lot { draw, random }
    }
}

/// Evenly spread over [0, 1), in steps of 2⁻⁵³.
pub(super) fn unit(random: &mut RandomStream) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Noop, Stream, Toxicity};

    fn source(seed: u64, connection: u64) -> LotSource {
        LotSource {
            seed: Seed::new(seed),
            proxy: "storefront -> catalog".into(),
            connection,
        }
    }

    fn touched(seed: u64, stream: Stream, toxic: &str, toxicity: f32) -> Vec<bool> {
        let config = ToxicConfig::new(stream, Noop).named(toxic);
        (1..=2000)
            .map(|connection| {
                let lot = source(seed, connection).draw(&config);
                Toxicity::new(toxicity).admits(lot.draw)
            })
            .collect()
    }

    #[test]
    fn the_same_seed_touches_the_same_connections_and_another_seed_others() {
        let some = touched(42, Stream::Downstream, "latency_downstream", 0.3);
        assert_eq!(
            some,
            touched(42, Stream::Downstream, "latency_downstream", 0.3)
        );
        assert_ne!(
            some,
            touched(43, Stream::Downstream, "latency_downstream", 0.3)
        );
        assert_ne!(
            some,
            touched(42, Stream::Upstream, "latency_downstream", 0.3)
        );
        assert_ne!(some, touched(42, Stream::Downstream, "another", 0.3));
        let share = some.iter().filter(|touched| **touched).count();
        assert!((520..=680).contains(&share), "{share} of 2000 at 0.3");
    }

    #[test]
    fn a_higher_toxicity_touches_the_same_connections_and_more() {
        let few = touched(7, Stream::Upstream, "t", 0.2);
        let many = touched(7, Stream::Upstream, "t", 0.6);
        assert!(few.iter().zip(&many).all(|(few, many)| !few || *many));
        assert_ne!(few, many);
    }
}
