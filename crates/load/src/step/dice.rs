use std::time::Duration;

use rand::Rng;
use rtest_core::{Seed, Stream};

/// What is left to chance in one pass through a list of steps: think times, choices, which answers
/// are held against a contract.
///
/// The draws of a pass depend on the run's seed, the list and the number of the pass alone, so
/// they are the same whichever worker comes to it.
#[derive(Debug)]
pub struct Dice {
    of_list: Seed,
    pass: u64,
    /// Made with the first draw: most passes draw nothing.
    stream: Option<Box<Stream>>,
}

impl Dice {
    /// For pass number `pass` through the list whose seed this is.
    pub const fn new(of_list: Seed, pass: u64) -> Self {
        Self {
            of_list,
            pass,
            stream: None,
        }
    }

    /// A duration of `min` to `max`, each as likely.
    pub fn between(&mut self, min: Duration, max: Duration) -> Duration {
        let span = u64::try_from(max.saturating_sub(min).as_nanos()).unwrap_or(u64::MAX);
        let scaled = (u128::from(self.draw()) * (u128::from(span) + 1)) >> 64;
        // Not above the span, so it is a u64 again.
        min + Duration::from_nanos(scaled as u64)
    }

    /// A place among weights, each as likely as its weight says; `ascending` are their sums, of
    /// one at least.
    pub fn place(&mut self, ascending: &[f64]) -> usize {
        let total = ascending.last().copied().unwrap_or_default();
        let share = self.share();
        let place = ascending.partition_point(|sum| *sum <= share * total);
        place.min(ascending.len() - 1)
    }

    /// Something that happens in this share of all passes, 0 to 1; nothing is drawn where it
    /// happens in all or in none.
    pub fn falls_within(&mut self, share: f64) -> bool {
        share >= 1.0 || (share > 0.0 && self.share() < share)
    }

    /// A number of 0 to 1, without 1.
    fn share(&mut self) -> f64 {
        // The upper 53 bits.
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn draw(&mut self) -> u64 {
        let (of_list, pass) = (self.of_list, self.pass);
        let make = || Box::new(of_list.derive(pass).stream("step"));
        self.stream.get_or_insert_with(make).next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_seed_and_pass_alone_and_follow_the_weights() {
        let ms = Duration::from_millis;
        let mut chosen = [0_u32; 3];
        for pass in 0..4000 {
            let mut dice = Dice::new(Seed::new(7), pass);
            let place = dice.place(&[6.0, 9.0, 10.0]);
            let think = dice.between(ms(100), ms(300));
            assert!((ms(100)..=ms(300)).contains(&think), "{think:?}");
            chosen[place] += 1;
            let mut again = Dice::new(Seed::new(7), pass);
            assert_eq!(again.place(&[6.0, 9.0, 10.0]), place);
            assert_eq!(again.between(ms(100), ms(300)), think);
        }
        for (chosen, wanted) in chosen.into_iter().zip([2400, 1200, 400]) {
            assert!(
                chosen.abs_diff(wanted) < wanted / 8 + 40,
                "{chosen} of {wanted}"
            );
        }
        let mut dice = Dice::new(Seed::new(7), 0);
        assert_eq!(dice.between(ms(5), ms(5)), ms(5));
    }

    #[test]
    fn a_share_of_the_passes_is_the_same_under_the_same_seed() {
        let passes = |seed: u64, share: f64| -> Vec<u64> {
            let falls = |pass: &u64| Dice::new(Seed::new(seed), *pass).falls_within(share);
            (0..4000).filter(falls).collect()
        };
        let tenth = passes(7, 0.1);
        assert!((300..=500).contains(&tenth.len()), "{}", tenth.len());
        assert_eq!(passes(7, 0.1), tenth);
        assert_ne!(passes(8, 0.1), tenth);
        assert_eq!(passes(7, 1.0).len(), 4000);
        assert_eq!(passes(7, 0.0).len(), 0);
    }
}
