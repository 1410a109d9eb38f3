use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::Toxic;
use crate::api::Lease;

/// A direction of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    /// From the client to the upstream: requests.
    Upstream,
    /// From the upstream to the client: answers.
    Downstream,
}

impl Stream {
    /// The word for it in the API and in suites.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upstream => "upstream",
            Self::Downstream => "downstream",
        }
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Without case.
impl FromStr for Stream {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Upstream, Self::Downstream]
            .into_iter()
            .find(|stream| text.eq_ignore_ascii_case(stream.name()))
            .ok_or_else(|| "stream was invalid, can be either upstream or downstream".to_owned())
    }
}

/// The share of connections that a toxic touches, decided once for each: 0 or less touches none,
/// 1 or more every one.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Toxicity(f32);

impl Toxicity {
    /// Every connection.
    pub const ALWAYS: Self = Self(1.0);

    /// The share, usually 0 to 1. Other values are kept as they are, as the API shows them again.
    pub const fn new(share: f32) -> Self {
        Self(share)
    }

    /// The share.
    pub const fn share(self) -> f32 {
        self.0
    }

    /// Whether a connection that drew `draw`, at least 0 and below 1, is touched.
    pub fn admits(self, draw: f64) -> bool {
        draw < f64::from(self.0)
    }
}

impl Default for Toxicity {
    fn default() -> Self {
        Self::ALWAYS
    }
}

/// A toxic as it stands on a proxy.
#[derive(Clone, Debug)]
pub struct ToxicConfig {
    /// Unique on its proxy, across both directions.
    pub name: String,
    /// The direction it stands in; of one that stands in both it is but a word.
    pub stream: Stream,
    /// How many connections it touches.
    pub toxicity: Toxicity,
    /// What it does.
    pub toxic: Arc<dyn Toxic>,
    /// The direction as its maker spelled it: the API gives back `UPSTREAM` for `UPSTREAM`.
    pub(crate) stream_spelling: String,
    /// Where it was made beyond Toxiproxy's API, which then does not show it: its clients could not
    /// read it.
    pub(crate) beyond: Option<Beyond>,
}

/// What a toxic has that was made beyond Toxiproxy's API.
#[derive(Clone, Debug)]
pub(crate) struct Beyond {
    /// Where it goes unless it is renewed.
    pub(crate) lease: Option<Arc<Lease>>,
}

impl ToxicConfig {
    /// A toxic on every connection, by its default name `<type>_<stream>`.
    pub fn new(stream: Stream, toxic: impl Toxic) -> Self {
        Self::shared(stream.name(), stream, Arc::new(toxic))
    }

    /// As [`ToxicConfig::new`], of a toxic whose type is known only now.
    pub fn of(stream: Stream, toxic: Arc<dyn Toxic>) -> Self {
        Self::shared(stream.name(), stream, toxic)
    }

    pub(crate) fn shared(spelling: &str, stream: Stream, toxic: Arc<dyn Toxic>) -> Self {
        Self {
            name: format!("{}_{spelling}", toxic.type_name()),
            stream,
            toxicity: Toxicity::ALWAYS,
            toxic,
            stream_spelling: spelling.to_owned(),
            beyond: None,
        }
    }

    /// Whether it acts on bytes of this direction.
    pub(crate) fn stands_in(&self, stream: Stream) -> bool {
        self.stream == stream || self.toxic.is_two_way()
    }

    /// The same by another name.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The same on this share of connections.
    pub fn with_toxicity(mut self, toxicity: Toxicity) -> Self {
        self.toxicity = toxicity;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toxicity_zero_touches_nothing_and_one_everything() {
        let largest_draw = 1.0 - f64::EPSILON / 2.0;
        assert!(!Toxicity::new(0.0).admits(0.0));
        assert!(!Toxicity::new(-3.0).admits(0.0));
        assert!(Toxicity::ALWAYS.admits(largest_draw));
        assert!(Toxicity::new(7.0).admits(largest_draw));
        assert!(Toxicity::new(0.5).admits(0.499));
        assert!(!Toxicity::new(0.5).admits(0.5));
    }

    #[test]
    fn directions_are_read_without_case() {
        assert_eq!("UpStream".parse(), Ok(Stream::Upstream));
        assert_eq!("DOWNSTREAM".parse(), Ok(Stream::Downstream));
        assert!("sideways".parse::<Stream>().is_err());
        assert!("".parse::<Stream>().is_err());
    }
}
