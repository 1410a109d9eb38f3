use super::part::{Fault, Keyed, Part};
use super::pattern::Pattern;
use crate::json_text::Step;

/// A header or a cookie.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) name: String,
    /// As the contract has them; none where only a matcher names it.
    pub(super) values: Vec<String>,
    /// What a value must match, instead of being this one.
    pub(super) pattern: Option<Pattern>,
    /// The way to it.
    pub(super) at: Vec<Step>,
}

/// Headers or cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Header,
    Cookie,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Header => "headers",
            Self::Cookie => "cookies",
        }
    }

    fn same(self, one: &str, other: &str) -> bool {
        match self {
            Self::Header => one.eq_ignore_ascii_case(other),
            Self::Cookie => one == other,
        }
    }

    /// The headers or cookies of a request or an answer, each with its matcher. One that only a
    /// matcher names is among them: Spring Cloud Contract would pass over it.
    ///
    /// # Errors
    /// They are malformed, contradict their own matcher, or are left to a method in Java.
    pub(super) fn read(
        self,
        keyed: &Keyed<'_>,
        matchers: Option<&Keyed<'_>>,
    ) -> Result<Vec<Named>, Fault> {
        let mut all = Vec::new();
        if let Some(part) = keyed.get(self.key()) {
            for (name, part) in part.members()? {
                let values = part.one_or_many();
                let values = values.iter().map(Part::text).collect::<Result<_, _>>()?;
                all.push(Named {
                    name: name.to_owned(),
                    values,
                    pattern: None,
                    at: part.at,
                });
            }
        }
        let Some(matchers) = matchers else {
            return Ok(all);
        };
        for (key, pattern) in matchers.each(self.key(), |part| self.matcher(part))? {
            let name = key.text()?;
            let mut known = all.iter_mut().filter(|one| self.same(&one.name, &name));
            let Some(one) = known.next() else {
                all.push(Named {
                    name,
                    values: Vec::new(),
                    pattern,
                    at: key.at,
                });
                continue;
            };
            if let Some(pattern) = &pattern
                && let Some(value) = unmatched(pattern, &one.values, &key)?
            {
                let (word, shown) = (self.word(), pattern.shown());
                return Err(key.broken(format!(
                    "its own {word} `{name}` is `{value}`, which is not {shown}"
                )));
            }
            one.pattern = pattern;
        }
        Ok(all)
    }

    /// The name that a matcher is for, and what it asks for.
    fn matcher<'a>(self, part: &Part<'a>) -> Result<(Part<'a>, Option<Pattern>), Fault> {
        let what = format!("a {} matcher", self.word());
        let known = ["key", "regex", "predefined", "command", "regexType"];
        let keyed = part.keyed(&what, &known)?;
        if let Some(command) = keyed.get("command") {
            return Err(java(&command));
        }
        let pattern = Pattern::read(&keyed, "regex")?;
        Ok((keyed.required(&what, "key")?, pattern))
    }
}

/// What only the tests can do that Spring Cloud Contract generates.
pub(super) fn java(part: &Part<'_>) -> Fault {
    let method = part.text().unwrap_or_default();
    part.unsupported(format!(
        "it calls `{}`, a method of the provider's own tests in Java",
        crate::mismatch::shorten(&method, 60)
    ))
}

fn unmatched<'v>(
    pattern: &Pattern,
    values: &'v [String],
    part: &Part<'_>,
) -> Result<Option<&'v String>, Fault> {
    for value in values {
        if !pattern.matches(value).map_err(|why| part.broken(why))? {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
