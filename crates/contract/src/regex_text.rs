//! Text that a regular expression matches.

use rand::RngExt;
use regex_syntax::hir::{Class, Hir, HirKind};
use rtest_core::Stream;

/// Repetitions beyond the least, at most.
const MORE: u32 = 8;

/// Longest text, in bytes: repetitions of repetitions multiply.
const LONGEST: usize = 10_000;

/// Text that the expression matches from its beginning to its end; `None` where the expression is
/// not one of those that are understood (look-around, back-references).
pub(crate) fn matching(pattern: &str, rng: &mut Stream) -> Option<String> {
    let hir = regex_syntax::ParserBuilder::new()
        .nest_limit(64)
        .build()
        .parse(pattern)
        .ok()?;
    let mut text = Vec::new();
    write(&hir, rng, &mut text)?;
    String::from_utf8(text).ok()
}

fn write(hir: &Hir, rng: &mut Stream, out: &mut Vec<u8>) -> Option<()> {
    if out.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        // Where a text begins or ends: it is all that there is.
        HirKind::Empty | HirKind::Look(_) => Some(()),
        HirKind::Literal(literal) => {
            out.extend_from_slice(&literal.0);
            Some(())
        }
        HirKind::Class(class) => {
            let character = one_of(class, rng)?;
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            Some(())
        }
        HirKind::Repetition(repeated) => {
            let most = repeated.max.unwrap_or(u32::MAX);
            let most = most.min(repeated.min.saturating_add(MORE));
            for _ in 0..rng.random_range(repeated.min..=most) {
                write(&repeated.sub, rng, out)?;
            }
            Some(())
        }
        HirKind::Capture(capture) => write(&capture.sub, rng, out),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, rng, out)),
        HirKind::Alternation(branches) => {
            write(&branches[rng.random_range(0..branches.len())], rng, out)
        }
    }
}

/// A character of a class; one that can be printed where there is one.
fn one_of(class: &Class, rng: &mut Stream) -> Option<char> {
    let ranges: Vec<(u32, u32)> = match class {
        Class::Unicode(class) => class
            .ranges()
            .iter()
            .map(|range| (u32::from(range.start()), u32::from(range.end())))
            .collect(),
        Class::Bytes(class) => class
            .ranges()
            .iter()
            .map(|range| (u32::from(range.start()), u32::from(range.end())))
            .collect(),
    };
    let within = |low: u32, high: u32| -> Vec<(u32, u32)> {
        let cut = ranges
            .iter()
            .map(|(from, to)| ((*from).max(low), (*to).min(high)));
        cut.filter(|(from, to)| from <= to).collect()
    };
    // Letters, digits and marks first; then what is no control character; then any.
    let choices = [within(0x21, 0x7e), within(0x20, 0xd7ff), ranges.clone()];
    let ranges = choices.iter().find(|choice| !choice.is_empty())?;
    let (from, to) = ranges[rng.random_range(0..ranges.len())];
    char::from_u32(rng.random_range(from..=to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtest_core::Seed;

    #[test]
    fn what_is_made_matches() {
        let mut rng = Seed::new(7).stream("pattern");
        for pattern in [
            "^[A-Z]{2}\\d{3,5}$",
            "a|bc|d+",
            "^(\\w+)@(\\w+)\\.com$",
            "^[^\\x00]*$",
            "\\p{Greek}+",
            "^#[0-9a-fA-F]{6}$",
            "^(?:19|20)\\d\\d-(0[1-9]|1[0-2])$",
            "",
        ] {
            let regex = regex::Regex::new(pattern).expect(pattern);
            for _ in 0..50 {
                let text = matching(pattern, &mut rng).expect(pattern);
                assert!(regex.is_match(&text), "{pattern}: {text:?}");
            }
        }
    }

    #[test]
    fn what_is_not_understood_or_without_bound_is_not_made() {
        let mut rng = Seed::new(7).stream("pattern");
        for pattern in ["^(?=a)a", "(a)\\1", "[", "(((a{1000}){1000}){1000}){1000}"] {
            assert_eq!(matching(pattern, &mut rng), None, "{pattern}");
        }
    }
}
