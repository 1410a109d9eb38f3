use rtest_metrics::RunRecord;
use rtest_metrics::record::{InteractionEntry, InteractionStatus};

/// What a consumer's contract with a provider came to.
#[derive(Clone, Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) consumer: &'a str,
    pub(crate) provider: &'a str,
    pub(crate) interactions: Vec<&'a InteractionEntry>,
    pub(crate) verified: usize,
    pub(crate) mismatched: usize,
    /// Could not be tried.
    pub(crate) failed: usize,
}

impl<'a> Pair<'a> {
    /// Every pair, in the order in which they were first verified.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let mut pairs: Vec<Self> = Vec::new();
        for interaction in &record.interactions {
            let known = pairs.iter().position(|pair| {
                pair.consumer == interaction.consumer && pair.provider == interaction.provider
            });
            let index = known.unwrap_or_else(|| {
                pairs.push(Self {
                    consumer: &interaction.consumer,
                    provider: &interaction.provider,
                    interactions: Vec::new(),
                    verified: 0,
                    mismatched: 0,
                    failed: 0,
                });
                pairs.len() - 1
            });
            let pair = &mut pairs[index];
            pair.interactions.push(interaction);
            match interaction.status {
                InteractionStatus::Verified => pair.verified += 1,
                InteractionStatus::Mismatched => pair.mismatched += 1,
                InteractionStatus::Failed => pair.failed += 1,
            }
        }
        pairs
    }
}
