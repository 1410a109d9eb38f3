use rtest_core::Seed;
use rtest_core::plan::{ServiceChoice, Share};

/// Which services a fault of this name strikes: the same ones for the same seed, in the plan's
/// order.
pub(crate) fn choose(choice: &ServiceChoice, fault: &str, seed: Seed) -> Vec<String> {
    let all = choice.among.len();
    let wanted = match choice.share {
        Share::All => all,
        Share::One => 1,
        Share::Percent(percent) => (all * usize::from(percent)).div_ceil(100).max(1),
    };
    let mut draws = seed.stream(&format!("chaos/{fault}/services"));
    let mut left: Vec<usize> = (0..all).collect();
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < wanted.min(all) {
        chosen.push(left.swap_remove(below(left.len(), &mut draws)));
    }
    chosen.sort_unstable();
    let name = |index: usize| choice.among.get(index).cloned();
    chosen.into_iter().filter_map(name).collect()
}

/// A number below `bound`, each as likely as the others: as Lemire's multiplication, whose bias is
/// below 2⁻³² for the few services that there are.
fn below(bound: usize, draws: &mut rtest_core::Stream) -> usize {
    use rand::Rng as _;
    let draw = u64::from(draws.next_u32());
    usize::try_from((draw * bound as u64) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(share: Share, seed: u64) -> Vec<String> {
        let choice = ServiceChoice {
            among: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
            share,
        };
        choose(&choice, "kill", Seed::new(seed))
    }

    #[test]
    fn all_are_all_in_order_and_a_share_is_rounded_up() {
        assert_eq!(chosen(Share::All, 1), ["a", "b", "c", "d", "e"]);
        assert_eq!(chosen(Share::Percent(100), 1).len(), 5);
        assert_eq!(chosen(Share::Percent(50), 1).len(), 3);
        assert_eq!(chosen(Share::Percent(1), 1).len(), 1);
        assert!(chosen(Share::Percent(60), 1).is_sorted());
    }

    #[test]
    fn one_is_drawn_from_the_seed_and_each_has_its_chance() {
        assert_eq!(chosen(Share::One, 7), chosen(Share::One, 7));
        let mut times = [0_u32; 5];
        for seed in 0..500 {
            let [name] = <[_; 1]>::try_from(chosen(Share::One, seed)).expect("one");
            times[usize::from(name.as_bytes()[0] - b'a')] += 1;
        }
        assert!(
            times.iter().all(|times| (60..150).contains(times)),
            "{times:?}"
        );
    }
}
