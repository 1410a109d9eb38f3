use pact_models::path_exp::{DocPath, PathToken};
use serde_json::Value;

use crate::json_text::Step;

/// A place in a JSON body, as pact writes it: `$.items[0].name`.
#[derive(Clone, Debug)]
pub(super) struct BodyPath {
    doc: DocPath,
}

impl BodyPath {
    /// Reads what `pact_matching` reports; it writes `/` for the whole body too.
    pub(super) fn parse(path: &str) -> Self {
        let doc = DocPath::new(path).unwrap_or_else(|_| DocPath::root());
        Self { doc }
    }

    pub(super) fn is_root(&self) -> bool {
        self.doc.is_root()
    }

    pub(super) fn member(&self, key: &str) -> Self {
        let mut doc = self.doc.clone();
        doc.push_field(key);
        Self { doc }
    }

    /// As shown: `$.items[0].name`.
    pub(super) fn show(&self) -> String {
        self.doc.to_string()
    }

    /// As `pact_models` looks rules up.
    pub(super) fn tokens(&self) -> Vec<String> {
        self.doc.to_vec()
    }

    /// The steps up to the first wildcard.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.doc
            .tokens()
            .iter()
            .filter(|token| **token != PathToken::Root)
            .map_while(|token| match token {
                PathToken::Field(name) => Some(Step::Key(name.clone())),
                PathToken::Index(index) => Some(Step::Index(*index)),
                PathToken::Root | PathToken::Star | PathToken::StarIndex => None,
            })
            .collect()
    }

    /// The value there. In the contract an item beyond the end is the first, the example that
    /// stands for all; in an answer there is nothing beyond the end.
    pub(super) fn value_in<'v>(&self, root: &'v Value, is_contract: bool) -> Option<&'v Value> {
        self.steps()
            .iter()
            .try_fold(root, |value, step| match (step, value) {
                (Step::Key(key) | Step::AnyCase(key), Value::Object(members)) => members.get(key),
                (Step::Index(index), Value::Object(members)) => members.get(&index.to_string()),
                (Step::Index(index), Value::Array(items)) => {
                    let example = if is_contract { items.first() } else { None };
                    items.get(*index).or(example)
                }
                _ => None,
            })
    }
}

/// A place in a JSON body as it is shown: `$.items[0].name`.
pub(crate) fn body_place(steps: &[Step]) -> String {
    let mut doc = DocPath::root();
    for step in steps {
        match step {
            Step::Key(name) | Step::AnyCase(name) => doc.push_field(name),
            Step::Index(index) => doc.push_index(*index),
        };
    }
    doc.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_found_where_pact_says() {
        let body = json!({ "items": [{ "a b": 1 }], "7": 2 });
        let at = |path: &str, is_contract: bool| {
            BodyPath::parse(path).value_in(&body, is_contract).cloned()
        };
        assert_eq!(at("$", false), Some(body.clone()));
        assert_eq!(at("/", false), Some(body.clone()));
        assert_eq!(at("$.items[0]['a b']", false), Some(json!(1)));
        assert_eq!(at("$.items[3]['a b']", true), Some(json!(1)));
        assert_eq!(at("$.items[3]['a b']", false), None);
        assert_eq!(
            at("$[7]", false),
            Some(json!(2)),
            "a key that pact took for an index"
        );
    }

    #[test]
    fn members_are_shown_as_pact_writes_them() {
        let root = BodyPath::parse("$");
        assert_eq!(root.member("email").show(), "$.email");
        assert_eq!(root.member("a b").show(), "$['a b']");
        assert_eq!(
            BodyPath::parse("$.items[0]").member("n").show(),
            "$.items[0].n"
        );
    }
}
