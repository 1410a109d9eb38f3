use std::borrow::Cow;
use std::fmt;

/// Text with `{{ name }}` holes that are filled while the run goes: captures, the iteration's
/// number, the addresses of services (`{{ catalog.url }}`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    source: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

/// A stretch of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Text that stands as it is.
    Text(&'a str),
    /// A hole, by the name of what fills it.
    Hole(&'a str),
}

/// A `{{` without its `}}`, or a hole that holds no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

/// A hole whose name nothing fills.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{{{{ {0} }}}}` has no value here")]
pub struct UnknownVariable(pub String);

impl Template {
    /// Parses a text.
    ///
    /// # Errors
    /// An opened and never closed hole, or a hole that holds no name.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = source;
        while let Some(open) = rest.find("{{") {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let after = &rest[open + 2..];
            let close = after
                .find("}}")
                .ok_or_else(|| TemplateError(format!("`{{{{` is never closed in `{source}`")))?;
            let name = after[..close].trim();
            let is_name = !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
            if !is_name {
                return Err(TemplateError(format!(
                    "`{{{{{}}}}}` holds no name",
                    &after[..close]
                )));
            }
            parts.push(Part::Variable(name.to_owned()));
            rest = &after[close + 2..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self {
            source: source.to_owned(),
            parts,
        })
    }

    /// A text in which `{{` means nothing.
    pub fn literal(text: impl Into<String>) -> Self {
        let source = text.into();
        Self {
            parts: vec![Part::Literal(source.clone())],
            source,
        }
    }

    /// The names of the holes, in order, repeats included.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// Texts and holes, in order.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'_>> {
        self.parts.iter().map(|part| match part {
            Part::Literal(text) => Segment::Text(text),
            Part::Variable(name) => Segment::Hole(name),
        })
    }

    /// Fills the holes; borrows where there are none.
    ///
    /// # Errors
    /// The first hole for which `lookup` has nothing.
    pub fn render<'a>(
        &'a self,
        mut lookup: impl FnMut(&str) -> Option<String>,
    ) -> Result<Cow<'a, str>, UnknownVariable> {
        match self.parts.as_slice() {
            [] => return Ok(Cow::Borrowed("")),
            [Part::Literal(text)] => return Ok(Cow::Borrowed(text)),
            _ => {}
        }
        let mut out = String::with_capacity(self.source.len());
        for part in &self.parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Variable(name) => {
                    out.push_str(&lookup(name).ok_or_else(|| UnknownVariable(name.clone()))?);
                }
            }
        }
        Ok(Cow::Owned(out))
    }

    /// The text with each hole as `:name`: `/products/{{ id }}` is the endpoint `/products/:id`.
    pub fn endpoint_name(&self) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.clone(),
                Part::Variable(name) => format!(":{name}"),
            })
            .collect()
    }

    /// The text as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_named() {
        let template = Template::parse("/products/{{ id }}?q={{q}}").expect("well formed");
        assert_eq!(template.variables().collect::<Vec<_>>(), ["id", "q"]);
        assert_eq!(template.endpoint_name(), "/products/:id?q=:q");
        let filled = template.render(|name| Some(format!("<{name}>")));
        assert_eq!(filled.as_deref(), Ok("/products/<id>?q=<q>"));
    }

    #[test]
    fn an_unfilled_hole_is_named() {
        let template = Template::parse("{{ id }}").expect("well formed");
        assert_eq!(template.render(|_| None), Err(UnknownVariable("id".into())));
    }

    #[test]
    fn malformed_holes_are_refused() {
        for text in ["{{ id", "{{ }}", "{{ a b }}", "{{ a + 1 }}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
