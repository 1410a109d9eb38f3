use std::collections::BTreeMap;
use std::fmt;

use rtest_core::{Segment, Template};
use rtest_load::Encoding;

/// What fills the holes of one iteration.
#[derive(Debug)]
pub(crate) struct Values<'a> {
    /// The same in every iteration.
    variables: &'a BTreeMap<String, String>,
    /// The iteration's number, from 0.
    iteration: u64,
    /// The user's number, from 1.
    vu: u64,
    captured: BTreeMap<&'a str, String>,
}

/// A hole for which there is no value this time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Empty(String);

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.0;
        write!(
            f,
            "`{{{{ {name} }}}}` has no value: its capture found nothing, or was not reached"
        )
    }
}

impl<'a> Values<'a> {
    /// Nothing is captured yet.
    pub(crate) fn new(variables: &'a BTreeMap<String, String>, iteration: u64, vu: u64) -> Self {
        Self {
            variables,
            iteration,
            vu,
            captured: BTreeMap::new(),
        }
    }

    /// A capture found this, or nothing.
    pub(crate) fn capture(&mut self, name: &'a str, found: Option<String>) {
        match found {
            Some(value) => self.captured.insert(name, value),
            None => self.captured.remove(name),
        };
    }

    /// Fills a template.
    ///
    /// # Errors
    /// The first hole that has no value.
    pub(crate) fn fill(&self, template: &Template, encoding: Encoding) -> Result<String, Empty> {
        let mut out = String::new();
        self.fill_into(&mut out, template, encoding)?;
        Ok(out)
    }

    /// Appends a template, filled.
    ///
    /// # Errors
    /// The first hole that has no value.
    pub(crate) fn fill_into(
        &self,
        out: &mut String,
        template: &Template,
        encoding: Encoding,
    ) -> Result<(), Empty> {
        for segment in template.segments() {
            match segment {
                Segment::Text(text) => encoding.of_fixed_text().write(text, out),
                Segment::Hole(name) => self.hole(name, |value| encoding.write(value, out))?,
            }
        }
        Ok(())
    }

    /// A capture is nearer than a variable of the run, and that nearer than the numbers.
    fn hole(&self, name: &str, write: impl FnOnce(&str)) -> Result<(), Empty> {
        let text = self.captured.get(name).or_else(|| self.variables.get(name));
        match (text, name) {
            (Some(text), _) => write(text),
            (None, "iteration") => write(&self.iteration.to_string()),
            (None, "vu") => write(&self.vu.to_string()),
            (None, _) => return Err(Empty(name.to_owned())),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_is_nearer_than_a_variable_and_what_is_filled_in_is_encoded() {
        let variables = BTreeMap::from([("id".to_owned(), "variable".to_owned())]);
        let mut values = Values::new(&variables, 7, 3);
        let template = Template::parse("/a b/{{ id }}/{{ iteration }}/{{ vu }}").expect("parses");
        let fill = |values: &Values<'_>| values.fill(&template, Encoding::Path);
        assert_eq!(fill(&values).as_deref(), Ok("/a b/variable/7/3"));
        values.capture("id", Some("x y".to_owned()));
        assert_eq!(fill(&values).as_deref(), Ok("/a b/x%20y/7/3"));
        values.capture("id", None);
        assert_eq!(fill(&values).as_deref(), Ok("/a b/variable/7/3"));
        let missing = Template::parse("{{ token }}").expect("parses");
        let empty = values
            .fill(&missing, Encoding::Plain)
            .expect_err("nothing fills it");
        assert!(
            empty.to_string().starts_with("`{{ token }}` has no value"),
            "{empty}"
        );
    }
}
