//! Pacts: read, checked against limits, and matched by `pact_matching`.

mod document;
mod double;
mod generate;
mod http;
mod http_parts;
mod limits;
mod matched;
mod message;

use std::sync::Arc;

use crate::unreadable::UnreadableContract;
use crate::verification::{Format, Read};
use document::Document;

/// Pacts of a provider.
#[derive(Debug)]
pub(crate) struct Pacts {
    /// Those of others are passed over; none is where it is absent.
    pub(crate) provider: Option<String>,
    /// The path at which the provider gives messages.
    pub(crate) messages: String,
}

impl Format for Pacts {
    fn noun(&self) -> &'static str {
        "pacts"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn read(&self, bytes: Vec<u8>, shown: Arc<str>) -> Result<Read, UnreadableContract> {
        let document = Document::parse(bytes, shown)?;
        match (document.provider(), &self.provider) {
            (Some(name), Some(wanted)) if name != wanted => {
                Ok(Read::OtherProvider(name.to_owned()))
            }
            _ => Ok(Read::Contract(document.into_contract(&self.messages)?)),
        }
    }
}
