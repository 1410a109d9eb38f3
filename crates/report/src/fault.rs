//! What a reader is told that a fault is.

use std::borrow::Cow;

use rtest_metrics::record::FaultHeader;

/// A fault's short sign in tables and charts: `F1`.
pub(crate) fn fault_sign(index: u16) -> String {
    format!("F{}", u32::from(index) + 1)
}

/// `latency 400ms ± 50ms`; by its name where it has one of its own, `no cache (pause)`, or where
/// what it does says too little, `pause cache`.
pub(crate) fn fault_words(fault: &FaultHeader) -> Cow<'_, str> {
    let description = fault.description.as_str();
    let (kind, says_more) = match description.split_once(' ') {
        Some((kind, _)) => (kind, true),
        None => (description, false),
    };
    let is_named_by_kind = fault.name.split(' ').next() == Some(kind);
    match (is_named_by_kind, says_more) {
        (true, true) => Cow::Borrowed(description),
        (true, false) => Cow::Borrowed(&fault.name),
        (false, _) => Cow::Owned(format!("{} ({description})", fault.name)),
    }
}

#[cfg(test)]
mod tests {
    use rtest_metrics::record::SpanRecord;

    use super::*;

    #[test]
    fn a_fault_is_called_what_its_author_calls_it() {
        for (name, description, words) in [
            ("no cache", "pause", "no cache (pause)"),
            ("slow prices", "latency 2s", "slow prices (latency 2s)"),
            ("pause cache", "pause", "pause cache"),
            ("kill catalog (2)", "kill", "kill catalog (2)"),
            ("latency shop -> catalog", "latency 400ms", "latency 400ms"),
        ] {
            let fault = FaultHeader {
                name: name.to_owned(),
                series: None,
                target: "cache".to_owned(),
                links: Vec::new(),
                expect: Vec::new(),
                description: description.to_owned(),
                answers: None,
                at_ms: 0,
                for_ms: 1000,
                span: SpanRecord::from(&rtest_core::Span::of_flag("suite.yaml", name)),
            };
            assert_eq!(fault_words(&fault), words);
        }
    }
}
