use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use crate::openapi::pointer::Pointer;
use crate::yaml_text::Place;

/// The bytes of what a pointer leads to in the value that these are the places of, or of the
/// nearest place around it.
pub(super) fn locate(places: &Place, value: &Value, at: &Pointer) -> Range<usize> {
    let (mut place, mut value) = (places, value);
    for step in at.steps() {
        let found = match value {
            Value::Object(members) => members
                .iter()
                .position(|(name, _)| *name == step)
                .zip(members.get(step.as_ref())),
            Value::Array(items) => step
                .parse()
                .ok()
                .and_then(|index: usize| Some((index, items.get(index)?))),
            _ => None,
        };
        let Some((index, inner)) = found else { break };
        let Some(inside) = place.inside.get(index) else {
            break;
        };
        (place, value) = (inside, inner);
    }
    place.mark.clone()
}

/// The places of a JSON text that `serde_json` accepted; in any other they mean nothing.
pub(super) fn of_json(text: &str) -> Place {
    let mut scan = Scan {
        text,
        bytes: text.as_bytes(),
        at: 0,
    };
    scan.blank();
    scan.value()
}

/// A reader that trusts the text to be JSON.
struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Place {
        let start = self.at;
        let inside = match self.peek() {
            Some(b'{') => self.members(),
            Some(b'[') => self.items(),
            Some(b'"') => {
                self.string();
                return mark(start..self.at, Vec::new());
            }
            _ => {
                let is_end = |byte: u8| b",]}".contains(&byte) || byte.is_ascii_whitespace();
                while self.peek().is_some_and(|byte| !is_end(byte)) {
                    self.at += 1;
                }
                return mark(start..self.at, Vec::new());
            }
        };
        mark(start..start + 1, inside)
    }

    /// Over a string; what is between its quotes.
    fn string(&mut self) -> &'a str {
        let start = self.at + 1;
        self.at = start;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        let end = self.at.min(self.bytes.len());
        self.at = (end + 1).min(self.bytes.len());
        self.text.get(start..end).unwrap_or_default()
    }

    /// In the order in which `serde_json` keeps them: of equal names, the last value at the place
    /// of the first.
    fn members(&mut self) -> Vec<Place> {
        let mut inside = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        self.at += 1;
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                break;
            }
            let start = self.at;
            let name = self.string();
            let mut end = self.at;
            self.blank();
            self.at += 1;
            self.blank();
            let is_scalar = !matches!(self.peek(), Some(b'{' | b'['));
            let value = self.value();
            if is_scalar {
                end = self.at;
            }
            let place = mark(start..end, value.inside);
            match known.get(name) {
                Some(index) => inside[*index] = place,
                None => {
                    known.insert(name, inside.len());
                    inside.push(place);
                }
            }
            if !self.comma() {
                break;
            }
        }
        self.at += 1;
        inside
    }

    fn items(&mut self) -> Vec<Place> {
        let mut inside = Vec::new();
        self.at += 1;
        loop {
            self.blank();
            if matches!(self.peek(), None | Some(b']')) {
                break;
            }
            inside.push(self.value());
            if !self.comma() {
                break;
            }
        }
        self.at += 1;
        inside
    }

    fn comma(&mut self) -> bool {
        self.blank();
        let found = self.peek() == Some(b',');
        self.at += usize::from(found);
        found
    }
}

fn mark(mark: Range<usize>, inside: Vec<Place>) -> Place {
    Place { mark, inside }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked<'t>(text: &'t str, at: &[&str]) -> &'t str {
        let value: Value = serde_json::from_str(text).expect("JSON");
        &text[locate(&of_json(text), &value, &Pointer::root().join_all(at))]
    }

    #[test]
    fn every_part_of_a_json_text_has_its_place() {
        let text =
            r#" { "a": [1, {"b\"c": "}]"}, []], "ü": {"d": -1.5e3 , "e": null}, "a2" : true } "#;
        assert_eq!(marked(text, &["a"]), "\"a\"");
        assert_eq!(marked(text, &["a", "0"]), "1");
        assert_eq!(marked(text, &["a", "1", "b\"c"]), r#""b\"c": "}]""#);
        assert_eq!(marked(text, &["a", "2"]), "[");
        assert_eq!(marked(text, &["ü", "d"]), r#""d": -1.5e3"#);
        assert_eq!(marked(text, &["ü", "e"]), r#""e": null"#);
        assert_eq!(marked(text, &["a2"]), r#""a2" : true"#);
        assert_eq!(marked(text, &["ü", "gone", "x"]), "\"ü\"");
        // The last of equal names counts.
        assert_eq!(marked(r#"{"a": 1, "b": 2, "a": 3}"#, &["a"]), r#""a": 3"#);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_scanned_without_a_panic(noise in r#"[\[\]{}":,\\ a7ü\n]{0,60}"#) {
            let place = of_json(&noise);
            let _ = locate(&place, &Value::Null, &Pointer::root());
        }

        #[test]
        fn every_member_is_found_where_it_stands(
            members in proptest::collection::btree_map("[a-zü\"\\\\]{1,6}", "[^\u{0}-\u{1f}]{0,12}", 1..6)
        ) {
            let value = serde_json::json!({ "x": [members] });
            for shown in [value.to_string(), format!("{value:#}")] {
                for (name, content) in &members {
                    let marked = marked(&shown, &["x", "0", name]);
                    proptest::prop_assert!(marked.ends_with(&serde_json::json!(content).to_string()), "{}", marked);
                }
            }
        }
    }
}
