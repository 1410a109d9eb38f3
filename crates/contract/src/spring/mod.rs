//! Spring Cloud Contract's contracts in YAML: read as its own reader reads them, and asked of the
//! provider as the tests that it generates would.
//!
//! ```text
//! YAML ──► part ──► contract ──► request (as sent)      named · query · body · multipart
//!          keys,                 response (as asserted)  named · body · listed · matcher
//!          places                    └──► judgement ──► Mismatch
//! ```
//!
//! Stricter than those tests where they let wrong answers pass: items of an array are paired whole
//! ([`listed`]), and a matcher of a header that is not listed is one all the same.

mod body;
mod contract;
mod difference;
mod document;
mod double;
mod folder;
mod http;
mod jayway;
mod judgement;
mod listed;
mod matcher;
mod multipart;
mod named;
mod pairing;
mod part;
mod pattern;
mod place;
mod query;
mod request;
mod response;

use std::path::PathBuf;
use std::sync::Arc;

use rtest_core::plan::ContractSource;

use crate::unreadable::UnreadableContract;
use crate::verification::{Format, Read};

/// Contracts of Spring Cloud Contract. They do not say whose they are: all are the provider's.
#[derive(Debug)]
pub(crate) struct SpringContracts {
    provider: String,
    /// Consumers are the folders in it.
    root: PathBuf,
}

impl SpringContracts {
    /// Those of a provider in a file or folder.
    pub(crate) fn new(provider: &str, source: &ContractSource) -> Self {
        let root = match source {
            ContractSource::Path(path) => path.clone(),
            ContractSource::Url(_) => PathBuf::new(),
        };
        Self {
            provider: provider.to_owned(),
            root,
        }
    }
}

impl Format for SpringContracts {
    fn noun(&self) -> &'static str {
        "contracts"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["yaml", "yml"]
    }

    fn read(&self, bytes: Vec<u8>, shown: Arc<str>) -> Result<Read, UnreadableContract> {
        document::read(bytes, shown, &self.provider, &self.root).map(Read::Contract)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The part of the page that is about these contracts.
    fn page() -> &'static str {
        let page = include_str!("../../../../docs/CONTRACTS.md");
        let (_, rest) = page
            .split_once("\n## Spring Cloud Contract\n")
            .expect("its heading");
        rest.split("\n## ").next().expect("its text")
    }

    #[test]
    fn the_page_names_every_key_matcher_and_pattern() {
        let patterns = pattern::PREDEFINED.map(|(name, ..)| name);
        let names = [&contract::KEYS[..], &body::KEYS, &matcher::TYPES, &patterns];
        for name in names.concat() {
            assert!(
                page().contains(&format!("`{name}")),
                "{name} is not on the page"
            );
        }
    }
}
