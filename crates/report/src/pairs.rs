use rtest_metrics::RunRecord;
use rtest_metrics::record::{InteractionEntry, InteractionStatus};

/// What a consumer's contract with a provider came to.
#[derive(Clone, Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) consumer: &'a str,
    pub(crate) provider: &'a str,
    /// The fault under which it was tried again.
    pub(crate) under: Option<&'a str>,
    pub(crate) interactions: Vec<&'a InteractionEntry>,
    pub(crate) verified: usize,
    /// Answered as was declared for the fault.
    pub(crate) degraded: usize,
    pub(crate) mismatched: usize,
    /// Could not be tried.
    pub(crate) failed: usize,
    /// Of a kind that cannot be verified.
    pub(crate) unsupported: usize,
    /// Not to be tried.
    pub(crate) skipped: usize,
    /// Did not hold, and are pending: they fail nothing.
    pub(crate) pending: usize,
}

impl<'a> Pair<'a> {
    /// Every pair, in the order in which they were first verified.
    pub(crate) fn all(record: &'a RunRecord) -> Vec<Self> {
        let mut pairs: Vec<Self> = Vec::new();
        for interaction in &record.interactions {
            let known = pairs.iter().position(|pair| {
                pair.consumer == interaction.consumer
                    && pair.provider == interaction.provider
                    && pair.under == interaction.under.as_deref()
            });
            let index = known.unwrap_or_else(|| {
                pairs.push(Self {
                    consumer: &interaction.consumer,
                    provider: &interaction.provider,
                    under: interaction.under.as_deref(),
                    interactions: Vec::new(),
                    verified: 0,
                    degraded: 0,
                    mismatched: 0,
                    failed: 0,
                    unsupported: 0,
                    skipped: 0,
                    pending: 0,
                });
                pairs.len() - 1
            });
            let pair = &mut pairs[index];
            pair.interactions.push(interaction);
            match interaction.status {
                InteractionStatus::Verified => pair.verified += 1,
                InteractionStatus::Degraded => pair.degraded += 1,
                InteractionStatus::Skipped => pair.skipped += 1,
                _ if interaction.pending => pair.pending += 1,
                InteractionStatus::Unsupported => pair.unsupported += 1,
                InteractionStatus::Mismatched => pair.mismatched += 1,
                InteractionStatus::Failed => pair.failed += 1,
            }
        }
        pairs
    }

    /// Whether the provider keeps what its consumer relies on.
    pub(crate) fn holds(&self) -> bool {
        self.verified + self.degraded > 0 && self.mismatched + self.failed + self.unsupported == 0
    }

    /// `3 of 5 verified, 1 mismatched, 1 skipped`.
    pub(crate) fn counts(&self) -> String {
        let all = self.interactions.len();
        // Under a fault an answer that is not the contract's violates it, whatever it is.
        let (holds, breaks) = match self.under {
            Some(_) => ("hold", "violate"),
            None => ("verified", "mismatched"),
        };
        let mut text = format!("{} of {all} {holds}", self.verified);
        for (count, word) in [
            (self.degraded, "degrade"),
            (self.mismatched, breaks),
            (self.failed, "failed"),
            (self.unsupported, "unsupported"),
            (self.pending, "pending"),
            (self.skipped, "skipped"),
        ] {
            if count > 0 {
                text.push_str(&format!(", {count} {word}"));
            }
        }
        text
    }
}
