use rtest_core::Template;
use rtest_core::expectation::JsonType;

use crate::file::MatcherRecord;
use crate::record::record;
use crate::scalar::{Choice, Json};

record! {
    /// A text, and what it must meet; all of it, where that is more than one thing.
    ConditionKeys, "a condition" {
        /// The text, with holes. Where one of them has no value yet, there is no text.
        value "value": required Template,
        /// What it is, as text or as the value that the text spells.
        equals "equals": optional Json,
        /// The JSON type of what it spells.
        of_type "type": optional Choice<JsonType>,
        /// The least number.
        min "min": optional f64,
        /// The greatest number.
        max "max": optional f64,
        /// A regular expression that finds a match in it.
        matches "matches": optional String,
        /// Whether there is a text at all: whether every hole has a value.
        exists "exists": optional bool,
    }
}

impl ConditionKeys {
    /// What it asks beyond equality, in the words of a check.
    pub(crate) fn matcher(&self) -> MatcherRecord {
        MatcherRecord {
            of_type: self.of_type.clone(),
            min: self.min.clone(),
            max: self.max.clone(),
            matches: self.matches.clone(),
            exists: self.exists.clone(),
        }
    }
}
