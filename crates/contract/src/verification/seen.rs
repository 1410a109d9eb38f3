use std::collections::BTreeMap;
use std::sync::Arc;

use rtest_core::plan::ContractPlan;
use rtest_core::{Code, nearest};

use super::select::describe;
use super::{Scope, VerifySummary};
use crate::interaction::{Contract, Interaction};
use crate::unreadable::UnreadableContract;

/// Names of what was passed over that are told.
const TOLD: usize = 5;

/// Something that was there and was not tried.
pub(super) enum Sight {
    Unreadable(UnreadableContract),
    OtherProvider(String),
    /// A contract for the provider that lists no interactions.
    Empty(Arc<str>),
    /// An interaction that is not selected.
    PassedOver {
        consumer: String,
        description: String,
    },
}

impl Sight {
    pub(super) fn passed_over(contract: &Contract, interaction: &Interaction) -> Self {
        Self::PassedOver {
            consumer: contract.consumer.clone(),
            description: interaction.description.clone(),
        }
    }
}

/// What was there, for when nothing of it was verified.
#[derive(Debug, Default)]
pub(super) struct Seen {
    files: usize,
    unreadable: usize,
    empty: Vec<Arc<str>>,
    /// How many contracts there are for each other provider.
    others: BTreeMap<String, usize>,
    /// Consumers and descriptions of what is not selected, some of them.
    passed_over: Vec<(String, String)>,
    passed_over_count: usize,
}

impl Seen {
    pub(super) fn add(&mut self, sight: Sight) {
        match sight {
            Sight::Unreadable(_) => {
                self.files += 1;
                self.unreadable += 1;
            }
            Sight::OtherProvider(name) => {
                self.files += 1;
                *self.others.entry(name).or_default() += 1;
            }
            Sight::Empty(file) => {
                self.files += 1;
                self.empty.push(file);
            }
            Sight::PassedOver {
                consumer,
                description,
            } => {
                self.passed_over_count += 1;
                if self.passed_over.len() < TOLD {
                    self.passed_over.push((consumer, description));
                }
            }
        }
    }

    /// What was looked for, and what was there, if nothing was verified and nothing else says why.
    pub(super) fn nothing(
        &self,
        plan: &ContractPlan,
        scope: &Scope<'_>,
        summary: &VerifySummary,
    ) -> Option<String> {
        let told = summary.verified
            + summary.degraded
            + summary.mismatched
            + summary.unsupported
            + summary.pending;
        let interactions_failed = summary.failed - self.unreadable;
        let all_unreadable = self.unreadable > 0 && self.unreadable == self.files;
        if told + interactions_failed > 0 || all_unreadable {
            return None;
        }
        let noun = scope.format.noun();
        let wanted = &plan.provider;
        let mut there = Vec::new();
        if self.files + self.passed_over_count + summary.skipped == 0 {
            let files: Vec<String> = (scope.format.extensions().iter())
                .map(|extension| format!("*.{extension}"))
                .collect();
            there.push(format!("there is no {} file in it", files.join(" or ")));
        }
        if summary.skipped > 0 {
            there.push(format!("{} interactions are skipped", summary.skipped));
        }
        there.extend(self.not_selected());
        for file in &self.empty {
            there.push(format!("`{file}` is for it and lists no interactions"));
        }
        if !self.others.is_empty() {
            let others = self.others.iter();
            let others: Vec<String> = others
                .map(|(name, files)| format!("`{name}` ({files})"))
                .collect();
            there.push(format!("the {noun} there are for {}", others.join(", ")));
        }
        if self.unreadable > 0 {
            there.push(format!("files that cannot be read: {}", self.unreadable));
        }
        there.extend(self.meant(wanted));
        let select = describe(scope.select);
        let select = if select.is_empty() {
            select
        } else {
            format!(", interactions {select}")
        };
        Some(format!(
            "{}: {}: looked in `{}` for {noun} of provider `{wanted}`{select}; {}",
            Code::NothingVerified,
            Code::NothingVerified.title(),
            scope.source,
            there.join("; ")
        ))
    }

    fn not_selected(&self) -> Option<String> {
        if self.passed_over_count == 0 {
            return None;
        }
        let names = self.passed_over.iter();
        let mut names: Vec<String> = names
            .map(|(consumer, description)| format!("`{description}` of `{consumer}`"))
            .collect();
        if self.passed_over_count > names.len() {
            names.push("…".to_owned());
        }
        Some(format!(
            "the {} there are not selected: {}",
            self.passed_over_count,
            names.join(", ")
        ))
    }

    fn meant(&self, wanted: &str) -> Option<String> {
        let names = || self.others.keys().map(String::as_str);
        let same = names().find(|name| name.to_lowercase() == wanted.to_lowercase());
        if let Some(name) = same {
            return Some(format!("`{name}` differs only in case: did you mean it?"));
        }
        nearest(wanted, names()).map(|name| format!("did you mean `{name}`?"))
    }
}
