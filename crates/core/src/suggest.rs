/// The candidate that `word` was most likely meant to be, if one is near enough to offer.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().max(3)) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let words = ["latency", "bandwidth", "timeout", "down"];
        assert_eq!(nearest("latencyy", words), Some("latency"));
        assert_eq!(nearest("dwon", words), Some("down"));
        assert_eq!(nearest("Timeout", words), Some("timeout"));
        assert_eq!(nearest("jitter", words), None);
    }
}
