use std::fmt;

use serde_json::Value;
use serde_json_path::{NodeList, ParseError};

/// A JSONPath (RFC 9535).
///
/// One that names a single place, as `$.items[0].price` does, finds it in the text of a body
/// without all of the body being parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    path: serde_json_path::JsonPath,
    /// The way to the only place that the path can select; nothing where there may be several.
    way: Option<Box<[Step]>>,
}

/// One step of a way.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(Box<str>),
    Element(usize),
}

/// What a path selects, as far as a look at the text can tell.
#[derive(Clone, Debug, PartialEq)]
pub enum Glimpse {
    /// This value, and no other.
    Value(Value),
    /// Nothing.
    Nothing,
    /// The text has to be parsed: the path may select several values, or the text is not plainly
    /// JSON.
    Unclear,
}

impl JsonPath {
    /// Parses a path.
    ///
    /// # Errors
    /// It is not one; the error says where and why.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let path = serde_json_path::JsonPath::parse(text)?;
        Ok(Self {
            way: way(&path),
            path,
        })
    }

    /// What the path selects.
    pub fn query<'v>(&self, value: &'v Value) -> NodeList<'v> {
        self.path.query(value)
    }

    /// What the path selects in a text of JSON, at a fraction of what parsing it costs. Says the
    /// same as parsing and [`JsonPath::query`] do of every text that is JSON. Of one that is not, it
    /// may say what would be selected if the parts that the path does not touch were whole.
    pub fn glimpse(&self, text: &[u8]) -> Glimpse {
        let Some(way) = &self.way else {
            return Glimpse::Unclear;
        };
        let mut reader = Reader { text, at: 0 };
        match reader.only_value(way) {
            Some(Some(value)) => match serde_json::from_slice(value) {
                Ok(value) => Glimpse::Value(value),
                Err(_) => Glimpse::Unclear,
            },
            Some(None) => Glimpse::Nothing,
            None => Glimpse::Unclear,
        }
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

/// The path's way, if it has one, from its normal form.
fn way(path: &serde_json_path::JsonPath) -> Option<Box<[Step]>> {
    let text = path.to_string();
    let mut rest = text.strip_prefix('$')?;
    let mut way = Vec::new();
    while !rest.is_empty() {
        let step;
        if let Some(name) = rest.strip_prefix("['") {
            (step, rest) = name.split_once("']")?;
            way.push(Step::Member(step.into()));
        } else if let Some(index) = rest.strip_prefix('[') {
            (step, rest) = index.split_once(']')?;
            let index = step.parse().ok().filter(|index| *index <= MAX_INDEX)?;
            way.push(Step::Element(index));
        } else {
            let name = rest.strip_prefix('.')?;
            let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
            let end = name.find(|c| !is_of_name(c)).unwrap_or(name.len());
            (step, rest) = name.split_at(end);
            way.push(Step::Member(
                Some(step).filter(|step| !step.is_empty())?.into(),
            ));
        }
    }
    // Names between quotes may hold anything, quotes and brackets too. Whether they were told
    // apart is seen in a document that has nothing but the way.
    let end = Value::Bool(true);
    let document = way
        .iter()
        .rev()
        .fold(end.clone(), |inner, step| match step {
            Step::Member(name) => Value::Object([(name.to_string(), inner)].into_iter().collect()),
            Step::Element(index) => {
                let mut elements = vec![Value::Null; *index];
                elements.push(inner);
                Value::Array(elements)
            }
        });
    (path.query(&document).all() == [&end]).then(|| way.into())
}

/// Of arrays that are gone through by hand.
const MAX_INDEX: usize = 10_000;

/// Reads over JSON; every method returns nothing where it is not plainly JSON.
#[derive(Debug)]
struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// The value at the end of the way from the only value of the text.
    fn only_value(&mut self, way: &[Step]) -> Option<Option<&'a [u8]>> {
        let found = self.value(way)?;
        self.blanks();
        (self.at == self.text.len()).then_some(found)
    }

    /// Reads over the next value. Returns the value at the end of the way from it, if there is one.
    fn value(&mut self, way: &[Step]) -> Option<Option<&'a [u8]>> {
        self.blanks();
        let from = self.at;
        let found = match (way, self.text.get(from)?) {
            ([Step::Member(name), way @ ..], b'{') => self.member(name, way)?,
            ([Step::Element(index), way @ ..], b'[') => self.element(*index, way)?,
            ([], _) => {
                self.skip()?;
                Some(&self.text[from..self.at])
            }
            _ => {
                self.skip()?;
                None
            }
        };
        Some(found)
    }

    /// From an object's brace to behind its last.
    fn member(&mut self, name: &str, way: &[Step]) -> Option<Option<&'a [u8]>> {
        let mut found = None;
        let mut next = b'{';
        loop {
            self.expect(next)?;
            self.blanks();
            if next == b'{' && self.text.get(self.at) == Some(&b'}') {
                self.at += 1;
                return Some(None);
            }
            let from = self.at;
            self.string()?;
            let key = &self.text[from + 1..self.at - 1];
            if key.contains(&b'\\') {
                return None;
            }
            self.blanks();
            self.expect(b':')?;
            // Of members of the same name the last counts.
            if key == name.as_bytes() {
                found = self.value(way)?;
            } else {
                self.blanks();
                self.skip()?;
            }
            self.blanks();
            if self.text.get(self.at) == Some(&b'}') {
                self.at += 1;
                return Some(found);
            }
            next = b',';
        }
    }

    /// From an array's bracket to behind its last.
    fn element(&mut self, index: usize, way: &[Step]) -> Option<Option<&'a [u8]>> {
        let mut found = None;
        let mut next = b'[';
        for here in 0.. {
            self.expect(next)?;
            self.blanks();
            if here == 0 && self.text.get(self.at) == Some(&b']') {
                self.at += 1;
                return Some(None);
            }
            if here == index {
                found = self.value(way)?;
            } else {
                self.skip()?;
            }
            self.blanks();
            if self.text.get(self.at) == Some(&b']') {
                self.at += 1;
                return Some(found);
            }
            next = b',';
        }
        None
    }

    /// Reads over a value that begins here.
    fn skip(&mut self) -> Option<()> {
        match self.text.get(self.at)? {
            b'"' => self.string(),
            b'{' | b'[' => self.nested(),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                let rest = &self.text[self.at..];
                let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || is_blank(*byte);
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
                Some(())
            }
            _ => None,
        }
    }

    /// Reads over an object or an array by its brackets.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.text.get(self.at)? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// Reads over a string that begins here.
    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        loop {
            match self.text.get(self.at)? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        let is_here = self.text.get(self.at) == Some(&byte);
        self.at += 1;
        is_here.then_some(())
    }

    fn blanks(&mut self) {
        while self.text.get(self.at).is_some_and(|byte| is_blank(*byte)) {
            self.at += 1;
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests;
