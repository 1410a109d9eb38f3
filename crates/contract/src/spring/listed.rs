use std::collections::HashSet;

use serde_json::{Map, Value};

use super::body::Body;
use super::matcher::{BodyMatcher, same};
use super::pairing::Pairing;
use crate::json_text::Step;
use crate::mismatch;

/// Comparisons of values that one answer may take. Each item of the contract is held against
/// every item of the answer, so that short files can ask for long work.
const MAX_COMPARISONS: usize = 5_000_000;

/// What a contract lists of a body: all of it but what matchers are about. What it does not list
/// is free.
///
/// The items of an array are each paired with an item of the answer of their own, in any order.
/// The tests that Spring Cloud Contract generates ask of each field only that some item has it, so
/// they take two items with their values mixed up for the two of the contract.
#[derive(Clone, Debug)]
pub(super) enum Listed {
    Scalar(Value),
    Object(Vec<(String, Listed)>),
    /// With the place of each item in the contract.
    Array(Vec<(usize, Listed)>),
    /// An array that is empty in the contract.
    Empty,
}

/// A place where a body lacks what is listed.
#[derive(Debug)]
pub(super) struct Lack {
    /// The way to it in the contract's body.
    pub(super) at: Vec<Step>,
    pub(super) expected: String,
    pub(super) actual: String,
    /// What is told of the place.
    pub(super) what: String,
}

impl Listed {
    /// What of a JSON body no matcher is about.
    pub(super) fn without(body: &Body, matchers: &[BodyMatcher]) -> Option<Self> {
        let body = body.json()?;
        let left_out = matchers.iter().flat_map(|matcher| matcher.select(body));
        Self::of(body, &left_out.map(std::ptr::from_ref).collect())
    }

    /// What is listed of a value, without the values that are in `left_out`; nothing where all of
    /// it is left out.
    fn of(value: &Value, left_out: &HashSet<*const Value>) -> Option<Self> {
        if left_out.contains(&std::ptr::from_ref(value)) {
            return None;
        }
        match value {
            Value::Object(members) => {
                let listed = members.iter();
                let listed: Vec<_> = listed
                    .filter_map(|(name, value)| Some((name.clone(), Self::of(value, left_out)?)))
                    .collect();
                (members.is_empty() || !listed.is_empty()).then_some(Self::Object(listed))
            }
            Value::Array(items) if items.is_empty() => Some(Self::Empty),
            Value::Array(items) => {
                let listed = items.iter().enumerate();
                let listed: Vec<_> = listed
                    .filter_map(|(index, item)| Some((index, Self::of(item, left_out)?)))
                    .collect();
                (!listed.is_empty()).then_some(Self::Array(listed))
            }
            scalar => Some(Self::Scalar(scalar.clone())),
        }
    }

    /// What a body lacks.
    ///
    /// # Errors
    /// Comparing them takes more than is done for one answer.
    pub(super) fn lacks(&self, body: &Value) -> Result<Vec<Lack>, String> {
        let mut comparison = Comparison {
            left: MAX_COMPARISONS,
        };
        let mut lacks = Vec::new();
        let mut at = Vec::new();
        comparison.lacks(self, body, &mut at, &mut lacks)?;
        Ok(lacks)
    }
}

/// The contract's value, for people.
fn shown(listed: &Listed) -> String {
    mismatch::value(&example(listed))
}

fn example(listed: &Listed) -> Value {
    match listed {
        Listed::Scalar(value) => value.clone(),
        Listed::Empty => Value::Array(Vec::new()),
        Listed::Array(items) => items.iter().map(|(_, item)| example(item)).collect(),
        Listed::Object(members) => {
            let members = members.iter();
            let members = members.map(|(name, value)| (name.clone(), example(value)));
            Value::Object(members.collect())
        }
    }
}

/// A comparison that is given up when it takes too long.
struct Comparison {
    left: usize,
}

impl Comparison {
    fn step(&mut self) -> Result<(), String> {
        match self.left.checked_sub(1) {
            Some(left) => self.left = left,
            None => {
                return Err(format!(
                    "pairing the items of the answer with those of the contract takes more than \
                     {MAX_COMPARISONS} comparisons"
                ));
            }
        }
        Ok(())
    }

    fn holds(&mut self, listed: &Listed, value: &Value) -> Result<bool, String> {
        self.step()?;
        Ok(match (listed, value) {
            (Listed::Scalar(has), is) => same(has, is),
            (Listed::Empty, Value::Array(items)) => items.is_empty(),
            (Listed::Object(members), Value::Object(actual)) => {
                for (name, member) in members {
                    let Some(value) = actual.get(name) else {
                        return Ok(false);
                    };
                    if !self.holds(member, value)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Listed::Array(items), Value::Array(actual)) => {
                items.len() <= actual.len() && {
                    let pairs = self.pair(items, actual)?;
                    pairs.iter().all(Option::is_some)
                }
            }
            _ => false,
        })
    }

    fn lacks(
        &mut self,
        listed: &Listed,
        value: &Value,
        at: &mut Vec<Step>,
        lacks: &mut Vec<Lack>,
    ) -> Result<(), String> {
        match (listed, value) {
            (Listed::Object(members), Value::Object(actual)) => {
                for (name, member) in members {
                    at.push(Step::Key(name.clone()));
                    match actual.get(name) {
                        Some(value) => self.lacks(member, value, at, lacks)?,
                        None => lacks.push(missing(listed, name, at, actual)),
                    }
                    at.pop();
                }
            }
            (Listed::Array(items), Value::Array(actual)) => {
                self.items(items, actual, at, lacks)?;
            }
            _ if self.holds(listed, value)? => {}
            _ => lacks.push(differs(listed, value, at)),
        }
        Ok(())
    }

    fn items(
        &mut self,
        items: &[(usize, Listed)],
        actual: &[Value],
        at: &mut Vec<Step>,
        lacks: &mut Vec<Lack>,
    ) -> Result<(), String> {
        let pairs = self.pair(items, actual)?;
        let taken: HashSet<usize> = pairs.iter().flatten().copied().collect();
        let mut free: Vec<usize> = (0..actual.len())
            .filter(|index| !taken.contains(index))
            .collect();
        let alone = items.iter().zip(&pairs).filter(|(_, pair)| pair.is_none());
        for ((index, item), _) in alone {
            at.push(Step::Index(*index));
            // What it most likely is: the item at its place, or else the first that is free.
            let near = free.iter().position(|free| free == index).unwrap_or(0);
            if free.is_empty() {
                lacks.push(Lack {
                    at: at.clone(),
                    expected: shown(item),
                    actual: "nothing".to_owned(),
                    what: format!(
                        "no item of the answer's {} is left for it",
                        mismatch::items(actual.len())
                    ),
                });
            } else {
                let near = free.remove(near);
                let from = lacks.len();
                self.lacks(item, &actual[near], at, lacks)?;
                if near != *index {
                    for lack in &mut lacks[from..] {
                        lack.what
                            .push_str(&format!(" in item {near} of the answer"));
                    }
                }
            }
            at.pop();
        }
        Ok(())
    }

    /// For each item of the contract an item of the answer of its own that holds, for as many as
    /// possible. Where every item holds at its own place, nothing else is looked at.
    fn pair(
        &mut self,
        items: &[(usize, Listed)],
        actual: &[Value],
    ) -> Result<Vec<Option<usize>>, String> {
        let mut in_place = Vec::with_capacity(items.len());
        for (index, item) in items {
            match actual.get(*index) {
                Some(value) if self.holds(item, value)? => in_place.push(Some(*index)),
                _ => break,
            }
        }
        if in_place.len() == items.len() {
            return Ok(in_place);
        }
        let mut pairing = Pairing::new(items.len(), actual.len());
        for (number, (index, item)) in items.iter().enumerate() {
            let own = (*index < actual.len()).then_some(*index);
            let others = (0..actual.len()).filter(|other| own != Some(*other));
            for candidate in own.into_iter().chain(others) {
                if self.holds(item, &actual[candidate])? {
                    pairing.fits(number, candidate);
                }
            }
        }
        pairing.solve(|| self.step())
    }
}

/// A member that an object of the answer does not have.
fn missing(object: &Listed, name: &str, at: &[Step], actual: &Map<String, Value>) -> Lack {
    let expected = example(object);
    let mut what = "is missing from the answer".to_owned();
    if let Some(members) = expected.as_object()
        && let Some(new) = mismatch::likely_new_name(name, members, actual)
    {
        what.push_str(&format!(
            "; likely renamed to `{new}`, which is new and of the same type"
        ));
    }
    Lack {
        at: at.to_vec(),
        expected: mismatch::value(&expected[name]),
        actual: "nothing".to_owned(),
        what,
    }
}

fn differs(listed: &Listed, value: &Value, at: &[Step]) -> Lack {
    let (has, is) = (example(listed), value);
    let of = mismatch::type_of(&has);
    let what = if of == mismatch::type_of(is) {
        let (has, is) = (mismatch::value(&has), mismatch::value(is));
        format!("is {is}, the contract has {has}")
    } else {
        format!("is {}, the contract has {of}", mismatch::type_of(is))
    };
    Lack {
        at: at.to_vec(),
        expected: mismatch::value(&has),
        actual: mismatch::value(is),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(contract: Value, answer: Value) -> Vec<String> {
        let listed = Listed::of(&contract, &HashSet::new()).expect("listed");
        let lacks = listed.lacks(&answer).expect("compared");
        lacks
            .into_iter()
            .map(|lack| format!("{}: {}", mismatch::body_place(&lack.at), lack.what))
            .collect()
    }

    #[test]
    fn what_is_listed_must_be_there_and_the_rest_is_free() {
        let contract = json!({ "a": 1, "b": { "userC": "x" }, "n": null, "e": [] });
        let good =
            json!({ "a": 1.0, "b": { "userC": "x", "more": 2 }, "n": null, "e": [], "z": 1 });
        assert_eq!(told(contract.clone(), good), [""; 0]);
        let bad = json!({ "a": "1", "b": { "user_c": "x" }, "e": [1] });
        assert_eq!(
            told(contract, bad),
            [
                "$.a: is a string, the contract has a number",
                "$.b.userC: is missing from the answer; likely renamed to `user_c`, which is new and of the same type",
                "$.n: is missing from the answer",
                "$.e: is [1], the contract has []",
            ]
        );
    }

    #[test]
    fn items_are_paired_whole_in_any_order_and_others_may_be_there() {
        let contract = json!([{ "value": "0", "text": "No" }, { "value": "1", "text": "Yes" }]);
        let turned =
            json!([{ "value": "1", "text": "Yes", "x": 1 }, 7, { "value": "0", "text": "No" }]);
        assert_eq!(told(contract.clone(), turned), [""; 0]);
        let mixed = json!([{ "value": "0", "text": "Yes" }, { "value": "1", "text": "No" }]);
        assert_eq!(
            told(contract.clone(), mixed),
            [
                "$[0].text: is \"Yes\", the contract has \"No\"",
                "$[1].text: is \"No\", the contract has \"Yes\"",
            ]
        );
        assert_eq!(
            told(contract, json!([{ "value": "1", "text": "Yes" }])),
            ["$[0]: no item of the answer's 1 item is left for it"]
        );
        assert_eq!(told(json!([1, 1, 2]), json!([2, 1, 1])), [""; 0]);
        assert_eq!(told(json!([1, 1]), json!([1, 2])).len(), 1);
    }

    #[test]
    fn an_item_gives_way_to_one_that_fits_nowhere_else() {
        let contract = json!([{ "a": 1 }, { "a": 1, "b": 1 }, { "a": 1, "c": 1 }]);
        let answer = json!([{ "a": 1, "b": 1 }, { "a": 1, "c": 1 }, { "a": 1 }]);
        assert_eq!(told(contract, answer), [""; 0]);
    }

    #[test]
    fn what_matchers_are_about_is_left_out() {
        let contract = json!({ "a": [{ "id": 1 }, { "id": 2, "n": 3 }], "b": {} });
        let ids = [&contract["a"][0]["id"], &contract["a"][1]["id"]];
        let left_out = ids.map(std::ptr::from_ref).into_iter().collect();
        let listed = Listed::of(&contract, &left_out).expect("listed");
        let good = json!({ "a": [{ "n": 3 }], "b": { "x": 1 } });
        assert!(listed.lacks(&good).expect("compared").is_empty());
        let everything = [
            std::ptr::from_ref(&contract["a"]),
            std::ptr::from_ref(&contract["b"]),
        ];
        assert!(Listed::of(&contract, &everything.into_iter().collect()).is_none());
    }

    #[test]
    fn pairing_that_takes_too_long_is_given_up() {
        let contract = Value::Array(vec![json!({ "a": 1 }); 5000]);
        let answer = Value::Array(vec![json!({ "a": 2 }); 5000]);
        let listed = Listed::of(&contract, &HashSet::new()).expect("listed");
        let why = listed.lacks(&answer).expect_err("too long");
        assert!(why.contains("comparisons"), "{why}");
    }

    proptest::proptest! {
        #[test]
        fn an_answer_with_the_contracts_items_in_any_order_holds(
            items in proptest::collection::vec(0_u8..4, 0..8),
            more in proptest::collection::vec(0_u8..4, 0..4),
            turn in 0_usize..8,
        ) {
            let mut answer = [&items[..], &more[..]].concat();
            if !answer.is_empty() {
                let by = turn % answer.len();
                answer.rotate_left(by);
            }
            if !items.is_empty() {
                proptest::prop_assert_eq!(told(json!(items), json!(answer)), Vec::<String>::new());
            }
        }
    }
}
