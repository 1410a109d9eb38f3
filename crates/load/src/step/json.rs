use std::cell::OnceCell;

use serde_json::Value;
use serde_json_path::JsonPath;

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

    /// The first node that the path selects.
    pub(crate) fn first(&self, path: &JsonPath) -> Option<&Value> {
        path.query(self.whole()?).first()
    }
}
