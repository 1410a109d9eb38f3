use rtest_core::{REDACTED, Secrets};

use super::difference::Difference;
use super::part::{Fault, Keyed, Part};
use super::pattern::Pattern;
use crate::json_text::Step;
use crate::mismatch::shorten;

/// Longest value that is shown, in characters.
const LONGEST: usize = 120;

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

impl Named {
    /// How the values that an answer or a request (`whose`) has of it differ, if they do. Those of
    /// cookies and of secret headers are not shown.
    ///
    /// # Errors
    /// In plain words, why that cannot be said.
    pub(super) fn differs(
        &self,
        kind: Kind,
        actual: &[String],
        whose: &str,
    ) -> Result<Option<Difference>, String> {
        let mut holds = !actual.is_empty();
        match &self.pattern {
            Some(pattern) => {
                for value in actual {
                    holds &= pattern.matches(value)?;
                }
            }
            None => holds &= self.values.iter().all(|value| actual.contains(value)),
        }
        if holds {
            return Ok(None);
        }
        let is_secret = kind == Kind::Cookie || Secrets::is_secret_header(&self.name);
        let show = |values: &[String]| match is_secret {
            true => REDACTED.to_owned(),
            false => shorten(&values.join(", "), LONGEST),
        };
        let (expected, asked) = match (&self.pattern, &self.values[..]) {
            (Some(pattern), _) => {
                let shown = pattern.shown().to_owned();
                (shown.clone(), format!("the contract asks for {shown}"))
            }
            (None, []) => (
                "any value".to_owned(),
                "the contract asks for one".to_owned(),
            ),
            (None, values) => (show(values), format!("the contract has `{}`", show(values))),
        };
        let (word, name) = (kind.word(), &self.name);
        let (message, actual) = if actual.is_empty() {
            let message = format!("the {whose} has no {word} `{name}`, {asked}");
            (message, "nothing".to_owned())
        } else {
            let is = show(actual);
            (format!("{word} `{name}` is `{is}`, {asked}"), is)
        };
        Ok(Some(Difference {
            expected,
            actual,
            message,
        }))
    }
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
        shorten(&method, 60)
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
