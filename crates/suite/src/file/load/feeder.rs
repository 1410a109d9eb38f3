use rtest_core::plan::{AtEnd, Pick};
use serde_json::{Value, json};

use crate::collection::{List, Named};
use crate::diagnostics::Diagnostics;
use crate::form::{By, Form, Forms};
use crate::node::Node;
use crate::record::record;
use crate::scalar::{Choice, Word};
use crate::shape::{Shape, wrong_type};

/// Only a CSV file has a delimiter.
const BY_SOURCE: Forms = Forms {
    by: By::Key,
    forms: &[
        Form {
            what: "`csv`",
            names: &["csv"],
            required: &[],
            optional: &["delimiter"],
            hint: "",
        },
        Form {
            what: "a feeder from `json` or `rows`",
            names: &["json", "rows"],
            required: &[],
            optional: &[],
            hint: "",
        },
    ],
};

record! {
    /// Rows of data; each column fills the hole of its name.
    Feeder, "a feeder", one of ["csv", "json", "rows"], forms BY_SOURCE {
        /// A CSV file (RFC 4180) whose first line names the columns, relative to the suite file.
        csv "csv": optional String,
        /// A JSON file: an array of objects, or one object a line. The keys of the first name the columns.
        json "json": optional String,
        /// The rows themselves, each a mapping from columns to values.
        rows "rows": optional List<Named<String, 1>, 1>,
        /// What stands between two fields; `,` where absent. Beside `csv`.
        delimiter "delimiter": optional Delimiter,
        /// Which row an iteration gets: `sequential` (the default), `random`, `unique-per-vu` (one row for each virtual user) or `unique-per-iteration` (no row twice).
        pick "pick": optional Choice<Pick>,
        /// What happens after the last row: `recycle` (the default of `sequential`), `stop` (no further iteration) or `fail` (iterations without a row fail; the default of `unique-*`).
        at_end "at_end": optional Choice<AtEnd>,
    }
}

impl Word for Pick {
    const WHAT: &'static str = "way to pick rows";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

impl Word for AtEnd {
    const WHAT: &'static str = "behaviour at the end of rows";

    fn words() -> Vec<(&'static str, Self)> {
        Self::NAMES.to_vec()
    }
}

/// The byte between two fields of a CSV file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Delimiter(pub(crate) u8);

impl Shape for Delimiter {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        let byte = node.scalar_text().and_then(|text| match text.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
            _ => None,
        });
        if byte.is_none() {
            wrong_type(
                node,
                "one character such as `\";\"`",
                Some("a tab is `\"\\t\"`"),
                found,
            );
        }
        byte.map(Self)
    }

    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": 1 })
    }
}
