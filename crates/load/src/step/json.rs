use std::borrow::Cow;
use std::cell::OnceCell;

use rtest_core::{Glimpse, JsonPath};
use serde_json::Value;

/// The JSON of one answer's body, parsed when something first looks into it, and once.
#[derive(Debug)]
pub(crate) struct Json<'a> {
    body: &'a [u8],
    parsed: OnceCell<Option<Value>>,
}

impl<'a> Json<'a> {
    /// Not parsed yet.
    pub(crate) const fn new(body: &'a [u8]) -> Self {
        Self {
            body,
            parsed: OnceCell::new(),
        }
    }

    /// The whole value; nothing where the body is not JSON.
    pub(crate) fn whole(&self) -> Option<&Value> {
        let parse = || serde_json::from_slice(self.body).ok();
        self.parsed.get_or_init(parse).as_ref()
    }

    /// The first node that the path selects; of a path to a single place, without parsing the
    /// rest.
    pub(crate) fn first(&self, path: &JsonPath) -> Option<Cow<'_, Value>> {
        if self.parsed.get().is_none() {
            match path.glimpse(self.body) {
                Glimpse::Value(value) => return Some(Cow::Owned(value)),
                Glimpse::Nothing => return None,
                Glimpse::Unclear => {}
            }
        }
        path.query(self.whole()?).first().map(Cow::Borrowed)
    }
}
