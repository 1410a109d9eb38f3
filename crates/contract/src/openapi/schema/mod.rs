//! The schemas of a document as JSON Schema: once as requests have to be, once as answers do.

mod dialect;
mod format;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, Registry, ValidationError, Validator};
use serde_json::{Value, json};

pub(crate) use dialect::Direction;

use crate::openapi::document::{self, Document};
use crate::openapi::pointer::Pointer;

/// What the document is called where its schemas refer to one another.
const NAME: &str = "urn:rtest:openapi";

/// Most violations that are told of one value.
const MOST_VIOLATIONS: usize = 20;

/// The schemas of a document as one side sees them.
pub(crate) struct Schemas {
    /// The whole document, its schemas in JSON Schema 2020-12.
    root: Value,
    registry: Registry<'static>,
    /// Those that were asked for.
    compiled: Mutex<HashMap<Pointer, Result<Arc<Validator>, String>>>,
}

/// Where and why a value is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// `$.items[3].price`
    pub(crate) location: String,
    /// In one sentence.
    pub(crate) message: String,
    /// The keyword of the schema, in the document.
    pub(crate) keyword: Pointer,
    /// What is there, as JSON.
    pub(crate) actual: Value,
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").finish_non_exhaustive()
    }
}

impl Schemas {
    /// The schemas of a document.
    ///
    /// # Errors
    /// What keeps them from being told apart, in the words of the validator.
    pub(crate) fn new(document: &Document, direction: Direction) -> Result<Self, String> {
        let mut root = document.value().clone();
        dialect::translate(&mut root, document.version(), direction);
        let registry = Registry::new()
            .draft(Draft::Draft202012)
            .add(NAME, root.clone())
            .and_then(jsonschema::RegistryBuilder::prepare)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            root,
            registry,
            compiled: Mutex::default(),
        })
    }

    /// The schema at a place, references followed.
    pub(crate) fn schema(&self, at: &Pointer) -> Option<(Pointer, &Value)> {
        document::resolve(&self.root, at)
    }

    /// What a value is held against.
    ///
    /// # Errors
    /// Why the schema is none, in words.
    pub(crate) fn validator(&self, at: &Pointer) -> Result<Arc<Validator>, String> {
        // A panic while the lock was held leaves whole entries.
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = compiled.entry(at.clone());
        entry.or_insert_with(|| self.compile(at)).clone()
    }

    fn compile(&self, at: &Pointer) -> Result<Arc<Validator>, String> {
        let reference = json!({ "$ref": format!("{NAME}#{}", at.to_fragment()) });
        let mut options = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true);
        for (name, check) in format::CHECKED {
            options = options.with_format(*name, *check);
        }
        match options.build(&reference) {
            Ok(validator) => Ok(Arc::new(validator)),
            Err(error) => Err(format!("the schema at `{at}` cannot be used: {error}")),
        }
    }

    /// Whether a value is valid under the schema at a place.
    ///
    /// # Errors
    /// Why the schema is none, in words.
    pub(crate) fn is_valid(&self, at: &Pointer, value: &Value) -> Result<bool, String> {
        Ok(self.validator(at)?.is_valid(value))
    }

    /// Where a value is not valid under the schema at a place.
    ///
    /// # Errors
    /// Why the schema is none, in words.
    pub(crate) fn violations(&self, at: &Pointer, value: &Value) -> Result<Vec<Violation>, String> {
        let validator = self.validator(at)?;
        let errors = validator.iter_errors(value).take(MOST_VIOLATIONS);
        Ok(errors.map(|error| violation(&error, at)).collect())
    }
}

fn violation(error: &ValidationError<'_>, schema: &Pointer) -> Violation {
    let keyword = error
        .absolute_keyword_location()
        .and_then(|uri| uri.fragment().map(|fragment| fragment.as_str().to_owned()))
        .and_then(|fragment| Pointer::from_fragment(&fragment))
        .unwrap_or_else(|| schema.clone());
    Violation {
        location: json_path(&error.instance_path().to_string()),
        message: error.masked_with("the value").to_string(),
        keyword,
        actual: error.instance().as_ref().clone(),
    }
}

/// `/items/3/price` → `$.items[3].price`
fn json_path(pointer: &str) -> String {
    let mut path = "$".to_owned();
    let pointer = Pointer::parse(pointer).unwrap_or_default();
    for step in pointer.steps() {
        if step.bytes().all(|byte| byte.is_ascii_digit()) && !step.is_empty() {
            path.push_str(&format!("[{step}]"));
        } else {
            path.push('.');
            path.push_str(&step);
        }
    }
    path
}

#[cfg(test)]
mod tests;
