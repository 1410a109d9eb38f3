use std::fmt;
use std::str::FromStr;

use rtest_core::Seed;

use super::choice::{Choice, ChoicePoint};

/// Everything that chance decided in a run, as text: `v1:7:s1=3,r12=2,w4` is seed 7, the third
/// choice at the first `startup`, the second at the 12th clock read, the first at the 4th wake-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// What `Math.random` and its like follow from.
    pub seed: Seed,
    /// The choices that are not calm, by point and number.
    pub choices: Vec<Choice>,
}

/// A text that is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a schedule: {problem}; one looks like `v1:7:r12=2,w4`, as a finding prints it")]
pub struct ScheduleError {
    problem: String,
}

impl Schedule {
    /// The schedule of these choices under `seed`.
    pub fn new(seed: Seed, mut choices: Vec<Choice>) -> Self {
        choices.sort_unstable();
        Self { seed, choices }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1:{}:", self.seed)?;
        for (index, choice) in self.choices.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write!(f, "{}{}", choice.point.letter(), choice.nth)?;
            if choice.value != 1 {
                write!(f, "={}", choice.value)?;
            }
        }
        Ok(())
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let problem = |problem: String| ScheduleError { problem };
        let text = text.trim();
        let Some(rest) = text.strip_prefix("v1:") else {
            return Err(problem("it does not begin with `v1:`".to_owned()));
        };
        let (seed, choices) = rest.split_once(':').unwrap_or((rest, ""));
        let seed = seed
            .parse()
            .map_err(|_| problem(format!("`{seed}` is no seed")))?;
        let choices = choices
            .split(',')
            .filter(|entry| !entry.is_empty())
            .map(|entry| choice(entry).ok_or_else(|| problem(format!("`{entry}` is no choice"))))
            .collect::<Result<_, _>>()?;
        Ok(Self::new(seed, choices))
    }
}

fn choice(entry: &str) -> Option<Choice> {
    let point = ChoicePoint::of_letter(entry.chars().next()?)?;
    let (nth, value) = match entry[1..].split_once('=') {
        Some((nth, value)) => (nth, value.parse().ok()?),
        None => (&entry[1..], 1),
    };
    let nth = nth.parse().ok()?;
    (nth > 0 && value > 0 && value < point.options()).then_some(Choice { point, nth, value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_read_as_it_is_written() {
        for text in [
            "v1:7:",
            "v1:0:p1=7,s1=3,r12=2,w4",
            "v1:18446744073709551615:b1",
        ] {
            let schedule: Schedule = text.parse().expect(text);
            assert_eq!(schedule.to_string(), text);
        }
        let messy: Schedule = " v1:7:w4,r12=2,\n".parse().expect("it is one");
        assert_eq!(messy.to_string(), "v1:7:r12=2,w4");
        let bare: Schedule = "v1:7".parse().expect("a seed alone is calm");
        assert_eq!(bare.choices, []);
    }

    #[test]
    fn what_is_no_schedule_is_told_why() {
        for (text, problem) in [
            ("", "does not begin with `v1:`"),
            ("v2:7:", "does not begin with `v1:`"),
            ("v1:x:", "`x` is no seed"),
            ("v1:7:q1", "`q1` is no choice"),
            ("v1:7:r0", "`r0` is no choice"),
            ("v1:7:r1=0", "`r1=0` is no choice"),
            ("v1:7:b1=2", "`b1=2` is no choice"),
            ("v1:7:r1=99", "`r1=99` is no choice"),
            ("v1:7:é1", "`é1` is no choice"),
        ] {
            let error = text.parse::<Schedule>().expect_err(text).to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
