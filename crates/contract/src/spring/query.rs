use super::part::{Fault, Keyed, Part};

/// A parameter of a query.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    /// What is sent; nothing where it must be absent.
    pub(super) values: Vec<String>,
}

/// How a stub is to look at a parameter.
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
    /// The query's parameters, without those that must be absent.
    ///
    /// # Errors
    /// They are malformed.
    pub(super) fn read_all(
        keyed: &Keyed<'_>,
        matchers: Option<&Keyed<'_>>,
    ) -> Result<Vec<Self>, Fault> {
        let mut absent = Vec::new();
        if let Some(matchers) = matchers {
            for (name, is_absent) in matchers.each("queryParameters", matcher)? {
                absent.extend(is_absent.then_some(name));
            }
        }
        let Some(part) = keyed.get("queryParameters") else {
            return Ok(Vec::new());
        };
        let members = part.members()?.into_iter();
        let members = members.filter(|(name, _)| !absent.iter().any(|it| it == name));
        members
            .map(|(name, part)| {
                let values = part.one_or_many();
                Ok(Self {
                    name: name.to_owned(),
                    values: values.iter().map(Part::text).collect::<Result<_, _>>()?,
                })
            })
            .collect()
    }
}

/// The parameter's name, and whether it must be absent.
fn matcher(part: &Part<'_>) -> Result<(String, bool), Fault> {
    const WHAT: &str = "a matcher of a query parameter";
    let keyed = part.keyed(WHAT, &["key", "type", "value"])?;
    let name = keyed.required(WHAT, "key")?.text()?;
    let kind = keyed.required(WHAT, "type")?;
    let text = kind.text()?;
    if !TYPES.contains(&text.as_str()) {
        let hint = match rtest_core::nearest(&text, TYPES) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", TYPES.join(", ")),
        };
        return Err(kind.broken(format!("`{text}` is no type of {WHAT}: {hint}")));
    }
    Ok((name, text == "absent"))
}
