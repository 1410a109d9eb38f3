use rtest_core::JsonPath;
use serde_json::Value;

use super::body::{Body, Content};
use super::difference::Difference;
use super::jayway;
use super::named::java;
use super::part::{Fault, Keyed, Part};
use super::pattern::Pattern;
use crate::interaction::Obstacle;
use crate::json_text::Step;
use crate::mismatch::{items, type_of};

/// What a place in a JSON body must be, instead of what the contract has there.
#[derive(Clone, Debug)]
pub(super) struct BodyMatcher {
    path: JsonPath,
    /// As the contract spells it.
    pub(super) shown: String,
    /// Whether the path may select several values.
    several: bool,
    rule: Rule,
    /// The way to the matcher's path.
    pub(super) at: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Rule {
    Pattern(Pattern),
    Equal(Vec<Value>),
    Type {
        /// The type of the contract's own value, by an example of it.
        example: Value,
        least: Option<u64>,
        most: Option<u64>,
    },
    Null,
}

/// What `type` may be.
pub(super) const TYPES: [&str; 8] = [
    "by_date",
    "by_time",
    "by_timestamp",
    "by_regex",
    "by_equality",
    "by_type",
    "by_null",
    "by_command",
];

/// The matchers of a body.
#[derive(Debug, Default)]
pub(super) struct Matchers {
    pub(super) places: Vec<BodyMatcher>,
    /// What the whole body must match as text, and the way to the matcher.
    pub(super) whole: Option<(Pattern, Vec<Step>)>,
}

/// A matcher of a body.
enum Matcher {
    /// Of a place in it.
    Place(BodyMatcher),
    /// Of the whole text.
    Whole(Pattern, Vec<Step>),
}

impl Matchers {
    /// # Errors
    /// One is malformed, refers to nothing, or is left to a method in Java.
    pub(super) fn read(matchers: Option<&Keyed<'_>>, body: &Body) -> Result<Self, Fault> {
        let mut all = Self::default();
        let Some(matchers) = matchers else {
            return Ok(all);
        };
        for matcher in matchers.each("body", |part| Matcher::read(part, body.json()))? {
            match matcher {
                Matcher::Place(place) => all.places.push(place),
                Matcher::Whole(pattern, at) => all.whole = Some((pattern, at)),
            }
        }
        let place = all.places.first();
        match (&body.content, place) {
            (Content::Xml(_), Some(place)) => Err(Fault {
                at: place.at.clone(),
                obstacle: Obstacle::Unsupported("it is a path into XML".to_owned()),
            }),
            (Content::Text(_) | Content::Form(_), Some(place)) => Err(Fault {
                at: place.at.clone(),
                obstacle: Obstacle::Broken("its body is not JSON, and has no paths".to_owned()),
            }),
            _ => Ok(all),
        }
    }
}

impl Matcher {
    /// Reads a matcher of a body that is `body` where it is JSON.
    ///
    /// # Errors
    /// It is malformed, refers to nothing, or is left to a method in Java.
    fn read(part: &Part<'_>, body: Option<&Value>) -> Result<Self, Fault> {
        const WHAT: &str = "a body matcher";
        let keyed = part.keyed(
            WHAT,
            &[
                "path",
                "type",
                "value",
                "predefined",
                "minOccurrence",
                "maxOccurrence",
                "regexType",
            ],
        )?;
        let kind = keyed.required(WHAT, "type")?;
        let Some(path) = keyed.get("path") else {
            return match kind.text()?.as_str() {
                "by_regex" => Ok(Self::Whole(pattern(&keyed)?, part.at.clone())),
                "by_command" => Err(command(&keyed)),
                _ => Err(part.broken("a body matcher without a `path` is `by_regex`")),
            };
        };
        let shown = path.text()?;
        let (query, several) = jayway::parse(&shown).map_err(|why| path.broken(why))?;
        let of_contract = || {
            let found = body.map_or_else(Vec::new, |body| query.query(body).all());
            if found.is_empty() {
                let why = format!("the contract's own body has nothing at `{shown}`");
                return Err(path.broken(why));
            }
            Ok(found.into_iter().cloned().collect::<Vec<Value>>())
        };
        let rule = match kind.text()?.as_str() {
            "by_date" => Rule::Pattern(Pattern::predefined("iso_date")),
            "by_time" => Rule::Pattern(Pattern::predefined("iso_time")),
            "by_timestamp" => Rule::Pattern(Pattern::predefined("iso_date_time")),
            "by_regex" => Rule::Pattern(pattern(&keyed)?),
            "by_equality" => Rule::Equal(of_contract()?),
            "by_type" => Rule::Type {
                example: of_contract()?.swap_remove(0),
                least: keyed.read("minOccurrence", Part::whole)?,
                most: keyed.read("maxOccurrence", Part::whole)?,
            },
            "by_null" => Rule::Null,
            "by_command" => return Err(command(&keyed)),
            other => return Err(kind.broken(unknown_type(other))),
        };
        Ok(Self::Place(BodyMatcher {
            path: query,
            shown,
            several,
            rule,
            at: path.at,
        }))
    }
}

fn command(keyed: &Keyed<'_>) -> Fault {
    java(&keyed.get("value").unwrap_or_else(|| keyed.part.clone()))
}

fn pattern(keyed: &Keyed<'_>) -> Result<Pattern, Fault> {
    Pattern::read(keyed, "value")?.ok_or_else(|| {
        keyed
            .part
            .broken("`by_regex` has neither `value` nor `predefined`")
    })
}

fn unknown_type(other: &str) -> String {
    match rtest_core::nearest(other, TYPES) {
        Some(near) => format!("`{other}` is no type of a matcher: did you mean `{near}`?"),
        None => format!(
            "`{other}` is no type of a matcher; {} are",
            TYPES.join(", ")
        ),
    }
}

impl BodyMatcher {
    /// The values that it is about.
    pub(super) fn select<'v>(&self, body: &'v Value) -> Vec<&'v Value> {
        self.path.query(body).all()
    }

    /// How a body differs from what is asked for, if it does.
    ///
    /// # Errors
    /// In plain words, why that cannot be said.
    pub(super) fn differs(&self, body: &Value) -> Result<Option<Difference>, String> {
        let found = self.select(body);
        let at = &self.shown;
        if found.is_empty() && !(self.several && matches!(self.rule, Rule::Type { .. })) {
            return Ok(Some(Difference {
                expected: self.asked(),
                actual: "nothing".to_owned(),
                message: format!("`{at}` is missing, the contract asks for {}", self.asked()),
            }));
        }
        let differs = |actual: String| {
            Ok(Some(Difference {
                expected: self.asked(),
                message: format!("`{at}` is {actual}, the contract asks for {}", self.asked()),
                actual,
            }))
        };
        if let Rule::Equal(expected) = &self.rule {
            let same = found.len() == expected.len()
                && found.iter().zip(expected).all(|(is, has)| same(is, has));
            return match (same, &found[..]) {
                (true, _) => Ok(None),
                (false, [one]) => differs(crate::mismatch::value(one)),
                (false, many) => differs(items(many.len())),
            };
        }
        for value in &found {
            if let Some(actual) = self.refuses(value)? {
                return differs(actual);
            }
        }
        if let Rule::Type { least, most, .. } = &self.rule {
            // Of several, what they hold counts: Jayway hands over one list of lists.
            let size = |value: &&Value| value.as_array().map_or(1, Vec::len);
            let count = found.iter().map(size).sum::<usize>() as u64;
            let is_few = least.is_some_and(|least| count < least);
            let is_many = most.is_some_and(|most| count > most);
            if is_few || is_many {
                return differs(format!("an array of {}", items(count as usize)));
            }
        }
        Ok(None)
    }

    /// What the value is, where it is not what is asked for.
    fn refuses(&self, value: &Value) -> Result<Option<String>, String> {
        let shown = || Some(crate::mismatch::value(value));
        match &self.rule {
            Rule::Pattern(pattern) => {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(_) | Value::Bool(_) => value.to_string(),
                    other => return Ok(Some(type_of(other).to_owned())),
                };
                Ok(if pattern.matches(&text)? {
                    None
                } else {
                    shown()
                })
            }
            Rule::Type {
                example,
                least,
                most,
            } => {
                // A size is asked of an array, and nothing else has one.
                let sized = least.is_some() || most.is_some();
                let not_sized = sized && !self.several && !value.is_array();
                let same = std::mem::discriminant(example) == std::mem::discriminant(value);
                Ok((!same || not_sized).then(|| type_of(value).to_owned()))
            }
            Rule::Null => Ok(if value.is_null() { None } else { shown() }),
            Rule::Equal(_) => Ok(None),
        }
    }

    /// What is asked for, in words.
    fn asked(&self) -> String {
        match &self.rule {
            Rule::Pattern(pattern) => pattern.shown().to_owned(),
            Rule::Equal(values) => match &values[..] {
                [one] => crate::mismatch::value(one),
                many => format!("the contract's own {}", items(many.len())),
            },
            Rule::Null => "null".to_owned(),
            Rule::Type {
                least: None,
                most: None,
                example,
            } => type_of(example).to_owned(),
            Rule::Type { least, most, .. } => match (least.unwrap_or(0), most) {
                (least, None) => format!("an array of at least {}", items(least as usize)),
                (0, Some(most)) => format!("an array of at most {}", items(*most as usize)),
                (least, Some(most)) => {
                    format!("an array of {least} to {}", items(*most as usize))
                }
            },
        }
    }
}

/// Whether two values are the same; numbers are compared by what they are, not how they are
/// spelled.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || (one.as_f64().is_some() && one.as_f64() == other.as_f64())
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let has = |(name, value)| other.get(name).is_some_and(|it| same(value, it));
            one.len() == other.len() && one.iter().all(has)
        }
        _ => one == other,
    }
}
