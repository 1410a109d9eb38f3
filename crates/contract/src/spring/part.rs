use serde_json::{Map, Value};

use crate::interaction::Obstacle;
use crate::json_text::Step;

/// Why a contract is not tried, and where in it that stands.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: Vec<Step>,
    pub(super) obstacle: Obstacle,
}

/// A part of a contract, and the way to it from its document.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) value: &'a Value,
    pub(super) at: Vec<Step>,
}

impl<'a> Part<'a> {
    /// What is wrong here.
    pub(super) fn broken(&self, why: impl Into<String>) -> Fault {
        Fault {
            at: self.at.clone(),
            obstacle: Obstacle::Broken(why.into()),
        }
    }

    /// What is here and cannot be verified.
    pub(super) fn unsupported(&self, why: impl Into<String>) -> Fault {
        Fault {
            at: self.at.clone(),
            obstacle: Obstacle::Unsupported(why.into()),
        }
    }

    /// A mapping that has no keys but these.
    ///
    /// # Errors
    /// It is none, or has another key.
    pub(super) fn keyed(&self, what: &str, known: &[&str]) -> Result<Keyed<'a>, Fault> {
        let Some(members) = self.value.as_object() else {
            return Err(self.not("a mapping"));
        };
        if let Some(strange) = members.keys().find(|key| !known.contains(&key.as_str())) {
            let hint = match rtest_core::nearest(strange, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it may have {}", known.join(", ")),
            };
            let place = self.inside(Step::Key(strange.clone()), &members[strange]);
            return Err(place.broken(format!("{what} has no key `{strange}`: {hint}")));
        }
        Ok(Keyed {
            members,
            part: self.clone(),
        })
    }

    /// The members of a mapping with keys of any name.
    pub(super) fn members(&self) -> Result<Vec<(&'a str, Part<'a>)>, Fault> {
        let Some(members) = self.value.as_object() else {
            return Err(self.not("a mapping"));
        };
        let members = members.iter().map(|(name, value)| {
            let part = self.inside(Step::Key(name.clone()), value);
            (name.as_str(), part)
        });
        Ok(members.collect())
    }

    /// The items of a list.
    pub(super) fn items(&self) -> Result<Vec<Part<'a>>, Fault> {
        let Some(items) = self.value.as_array() else {
            return Err(self.not("a list"));
        };
        let items = items.iter().enumerate();
        Ok(items
            .map(|(index, value)| self.inside(Step::Index(index), value))
            .collect())
    }

    /// The items of a list, or the one value that is none.
    pub(super) fn one_or_many(&self) -> Vec<Part<'a>> {
        self.items().unwrap_or_else(|_| vec![self.clone()])
    }

    /// A scalar as text.
    pub(super) fn text(&self) -> Result<String, Fault> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(_) | Value::Bool(_) => Ok(self.value.to_string()),
            _ => Err(self.not("text")),
        }
    }

    /// A whole number that is not negative.
    pub(super) fn whole(&self) -> Result<u64, Fault> {
        self.value
            .as_u64()
            .ok_or_else(|| self.not("a whole number"))
    }

    pub(super) fn flag(&self) -> Result<bool, Fault> {
        (self.value.as_bool()).ok_or_else(|| self.not("true or false"))
    }

    fn not(&self, what: &str) -> Fault {
        let name = match self.at.last() {
            Some(Step::Key(key) | Step::AnyCase(key)) => format!("its `{key}`"),
            Some(Step::Index(index)) => format!("its item {}", index + 1),
            None => "it".to_owned(),
        };
        self.broken(format!("{name} is not {what}"))
    }

    fn inside(&self, step: Step, value: &'a Value) -> Part<'a> {
        let mut at = self.at.clone();
        at.push(step);
        Part { value, at }
    }
}

/// A mapping of which all keys are known.
#[derive(Clone, Debug)]
pub(super) struct Keyed<'a> {
    members: &'a Map<String, Value>,
    pub(super) part: Part<'a>,
}

impl<'a> Keyed<'a> {
    /// What stands at a key; `null` is nothing.
    pub(super) fn get(&self, key: &str) -> Option<Part<'a>> {
        let value = self.members.get(key).filter(|value| !value.is_null())?;
        Some(self.part.inside(Step::Key(key.to_owned()), value))
    }

    /// What stands at a key, read; nothing where there is nothing.
    pub(super) fn read<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Part<'a>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        self.get(key).as_ref().map(read).transpose()
    }

    /// The items at a key, each read; none where there is nothing.
    pub(super) fn each<T>(
        &self,
        key: &str,
        mut read: impl FnMut(&Part<'a>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        match self.get(key) {
            Some(list) => list.items()?.iter().map(&mut read).collect(),
            None => Ok(Vec::new()),
        }
    }

    /// The text at a key that must be there.
    pub(super) fn required(&self, what: &str, key: &str) -> Result<Part<'a>, Fault> {
        self.get(key)
            .ok_or_else(|| self.part.broken(format!("{what} has no `{key}`")))
    }
}
