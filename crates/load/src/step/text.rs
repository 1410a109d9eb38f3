use std::borrow::Cow;
use std::collections::BTreeMap;

use rtest_core::Template;

/// A template whose fixed holes are filled already, where that fills all of them.
#[derive(Debug)]
pub(crate) enum Text {
    /// The same in every iteration.
    Fixed(String),
    /// To be filled in each.
    Varying(Template),
}

/// What fills the holes in one iteration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holes<'a> {
    /// `{{ iteration }}`: the arrival's number in the scenario, from 0.
    pub(crate) iteration: u64,
    /// `{{ vu }}`: the virtual user's number in the scenario, from 1.
    pub(crate) vu: u64,
    /// Everything that is the same in every iteration.
    pub(crate) variables: &'a BTreeMap<String, String>,
}

impl Text {
    /// # Errors
    /// A hole that nothing ever fills.
    pub(crate) fn compile(
        template: &Template,
        variables: &BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let sample = Holes {
            iteration: 0,
            vu: 1,
            variables,
        };
        let filled = template
            .render(|name| sample.get(name))
            .map_err(|error| error.to_string())?;
        let fixed = template
            .variables()
            .all(|name| variables.contains_key(name));
        Ok(if fixed {
            Self::Fixed(filled.into_owned())
        } else {
            Self::Varying(template.clone())
        })
    }

    /// The text in one iteration.
    pub(crate) fn fill(&self, holes: Holes<'_>) -> Cow<'_, str> {
        match self {
            Self::Fixed(text) => Cow::Borrowed(text),
            Self::Varying(template) => template
                .render(|name| holes.get(name))
                .expect("`compile` has filled every hole once"),
        }
    }

    /// Whether it is the same in every iteration.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

impl Holes<'_> {
    /// A variable of the same name comes first: a suite's own names are never shadowed.
    fn get(&self, name: &str) -> Option<String> {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        match name {
            "iteration" => Some(self.iteration.to_string()),
            "vu" => Some(self.vu.to_string()),
            _ => None,
        }
    }
}
