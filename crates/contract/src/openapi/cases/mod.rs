//! Which requests are sent for an operation.

mod invalid;
mod mutation;
mod valid;

use rtest_core::{Seed, Stream};
use serde_json::Value;

use crate::openapi::generate::{Alphabet, Generator, Shape, flatten, kinds};
use crate::openapi::operation::{Location, Operation, Parameter, Style};
use crate::openapi::pointer::Pointer;
use crate::openapi::request::{Body, Case, Intent};
use crate::openapi::schema::Schemas;

pub(crate) use invalid::{invalid, missing_headers, no_credentials, unsupported_methods};
pub(crate) use valid::{BadExample, unknown, valid};

/// What requests of one operation are made from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) schemas: &'a Schemas,
    pub(crate) seed: Seed,
    /// Most requests of a kind.
    pub(crate) most: usize,
    /// Headers that every request is given: no others are made of these names.
    pub(crate) given: &'a [(String, String)],
}

impl Source<'_> {
    /// The operation's own stream for a kind of requests: what is drawn for one changes nothing
    /// for the others.
    fn stream(&self, kind: &str) -> Stream {
        self.seed
            .stream(&format!("openapi/{}/{kind}", self.operation.name()))
    }

    /// The parameters that are made, by their index.
    fn parameters(&self) -> impl Iterator<Item = (usize, &Parameter)> {
        let is_given = |parameter: &Parameter| {
            let mut names = self.given.iter().map(|(name, _)| name);
            parameter.location == Location::Header
                && names.any(|name| name.eq_ignore_ascii_case(&parameter.name))
        };
        let parameters = self.operation.parameters.iter().enumerate();
        parameters.filter(move |(_, parameter)| !is_given(parameter))
    }

    /// A valid value of a parameter.
    fn parameter(
        &self,
        parameter: &Parameter,
        shape: Shape,
        rng: &mut Stream,
    ) -> Result<Value, String> {
        let alphabet = self.alphabet(parameter);
        Generator::new(self.schemas, rng, shape, alphabet)
            .draw(&parameter.schema)
            .map_err(|why| {
                format!(
                    "its {} parameter `{}`: {why}",
                    parameter.location.name(),
                    parameter.name
                )
            })
    }

    fn alphabet(&self, parameter: &Parameter) -> Alphabet {
        let is_compound = self
            .keywords(&parameter.schema)
            .is_some_and(|schema| matches!(kinds(&schema).first(), Some(&("array" | "object"))));
        match parameter.location {
            Location::Path | Location::Query if is_compound && parameter.style != Style::Json => {
                match parameter.explode && parameter.location == Location::Query {
                    true => Alphabet::Any,
                    false => Alphabet::Part,
                }
            }
            Location::Path => Alphabet::Segment,
            Location::Query => Alphabet::Any,
            Location::Header | Location::Cookie if is_compound => Alphabet::Part,
            Location::Header | Location::Cookie => Alphabet::Token,
        }
    }

    /// The keywords of the schema at a place, the first of its branches taken.
    fn keywords(&self, at: &Pointer) -> Option<serde_json::Map<String, Value>> {
        let (_, schema) = self.schemas.schema(at)?;
        flatten(self.schemas, schema, &mut |_| 0)
    }

    /// A valid body of the type of this index.
    fn body(&self, media: usize, shape: Shape, rng: &mut Stream) -> Result<Body, String> {
        let declared = self
            .operation
            .body
            .iter()
            .flat_map(|body| &body.media)
            .nth(media);
        let value = match declared.and_then(|media| media.schema.as_ref()) {
            Some(schema) => Generator::new(self.schemas, rng, shape, Alphabet::Any)
                .draw(schema)
                .map_err(|why| format!("its body: {why}"))?,
            // Anything is valid.
            None => Value::Object(serde_json::Map::new()),
        };
        Ok(Body::Value(media, value))
    }

    fn case(&self, intent: Intent) -> Case {
        Case {
            intent,
            method: self.operation.method.clone(),
            parameters: std::collections::BTreeMap::new(),
            body: None,
        }
    }
}

#[cfg(test)]
mod tests;
