use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::matcher::same;
use super::part::{Fault, Keyed, Part};
use super::pattern::Pattern;

/// A parameter of a query.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// What is sent; nothing where it must be absent.
    pub(super) values: Vec<String>,
    /// How a stub looks at it; by its values where there is none.
    rule: Option<Rule>,
}

/// How a stub looks at a parameter.
#[derive(Clone, Debug)]
enum Rule {
    Absent,
    EqualTo(String),
    Containing(String),
    Matching(Pattern),
    NotMatching(Pattern),
    EqualToJson(Value),
    BinaryEqualTo(Vec<u8>),
}

const TYPES: [&str; 8] = [
    "equal_to",
    "containing",
    "matching",
    "not_matching",
    "equal_to_json",
    "equal_to_xml",
    "absent",
    "binary_equal_to",
];

impl Parameter {
    /// The query's parameters, those included that only a matcher names.
    ///
    /// # Errors
    /// They are malformed.
    pub(super) fn read_all(
        keyed: &Keyed<'_>,
        matchers: Option<&Keyed<'_>>,
    ) -> Result<Vec<Self>, Fault> {
        let mut all = Vec::new();
        if let Some(part) = keyed.get("queryParameters") {
            for (name, part) in part.members()? {
                let values = part.one_or_many();
                all.push(Self {
                    name: name.to_owned(),
                    values: values.iter().map(Part::text).collect::<Result<_, _>>()?,
                    rule: None,
                });
            }
        }
        let Some(matchers) = matchers else {
            return Ok(all);
        };
        for (name, rule) in matchers.each("queryParameters", matcher)? {
            let mut known = all.iter_mut().filter(|one| one.name == name);
            match known.next() {
                Some(one) => {
                    if matches!(rule, Rule::Absent) {
                        one.values.clear();
                    }
                    one.rule = Some(rule);
                }
                None => all.push(Self {
                    name,
                    values: Vec::new(),
                    rule: Some(rule),
                }),
            }
        }
        Ok(all)
    }

    /// What is wrong with the values that a request has of it, if anything.
    ///
    /// # Errors
    /// In plain words, why that cannot be said.
    pub(super) fn refuses(&self, asked: &[&str]) -> Result<Option<String>, String> {
        let name = &self.name;
        let is = match asked {
            [] => "not there".to_owned(),
            values => format!("`{}`", values.join(", ")),
        };
        let Some(rule) = &self.rule else {
            let all = (self.values.iter()).all(|value| asked.contains(&value.as_str()));
            let has = self.values.join(", ");
            return Ok((!all)
                .then(|| format!("query parameter `{name}` is {is}, the contract has `{has}`")));
        };
        if matches!(rule, Rule::Absent) {
            return Ok((!asked.is_empty())
                .then(|| format!("query parameter `{name}` is {is}, and must be absent")));
        }
        for value in asked {
            if rule.takes(value)? {
                return Ok(None);
            }
        }
        Ok(Some(format!(
            "query parameter `{name}` is {is}, which its matcher refuses"
        )))
    }
}

impl Rule {
    fn takes(&self, value: &str) -> Result<bool, String> {
        Ok(match self {
            Self::Absent => false,
            Self::EqualTo(text) => value == text,
            Self::Containing(text) => value.contains(text.as_str()),
            Self::Matching(pattern) => pattern.matches(value)?,
            Self::NotMatching(pattern) => !pattern.matches(value)?,
            Self::EqualToJson(json) => {
                serde_json::from_str(value).is_ok_and(|value| same(json, &value))
            }
            Self::BinaryEqualTo(bytes) => value.as_bytes() == bytes,
        })
    }
}

fn matcher(part: &Part<'_>) -> Result<(String, Rule), Fault> {
    const WHAT: &str = "a matcher of a query parameter";
    let keyed = part.keyed(WHAT, &["key", "type", "value"])?;
    let name = keyed.required(WHAT, "key")?.text()?;
    let kind = keyed.required(WHAT, "type")?;
    let value = || keyed.required(WHAT, "value");
    let text = || value()?.text();
    let pattern = || {
        let value = value()?;
        Pattern::new(&value.text()?).map_err(|why| value.broken(why))
    };
    let rule = match kind.text()?.as_str() {
        "absent" => Rule::Absent,
        // XML is told by its spelling.
        "equal_to" | "equal_to_xml" => Rule::EqualTo(text()?),
        "containing" => Rule::Containing(text()?),
        "matching" => Rule::Matching(pattern()?),
        "not_matching" => Rule::NotMatching(pattern()?),
        "equal_to_json" => Rule::EqualToJson(json(&value()?)?),
        "binary_equal_to" => {
            let value = value()?;
            let bytes = STANDARD.decode(value.text()?);
            Rule::BinaryEqualTo(bytes.map_err(|_| value.broken("it is not base64"))?)
        }
        other => {
            let hint = match rtest_core::nearest(other, TYPES) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", TYPES.join(", ")),
            };
            return Err(kind.broken(format!("`{other}` is no type of {WHAT}: {hint}")));
        }
    };
    Ok((name, rule))
}

/// JSON, or text that holds it.
fn json(part: &Part<'_>) -> Result<Value, Fault> {
    match part.value {
        Value::String(text) => {
            serde_json::from_str(text).map_err(|_| part.broken("it is not JSON"))
        }
        value => Ok(value.clone()),
    }
}
