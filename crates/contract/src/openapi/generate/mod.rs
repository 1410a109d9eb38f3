//! Values that are valid under a schema, drawn from the run's seed; each is held against the schema
//! before it is given out.

mod flatten;
mod number;
mod text;

use rand::RngExt;
use rtest_core::Stream;
use serde_json::{Map, Value};

pub(crate) use flatten::flatten;
pub(crate) use number::bounds;
pub(crate) use text::Alphabet;

use crate::openapi::pointer::Pointer;
use crate::openapi::schema::Schemas;

/// Values that are tried until one is valid.
const MOST_TRIES: usize = 40;

/// Values within each other beyond which only what is required is made.
const SPARSE_FROM: usize = 4;

/// Values within each other, at most.
const MAX_LEVEL: usize = 16;

/// Items and characters beyond the least that are made where nothing bounds them.
const SOME: u64 = 12;

/// Most items, characters or members that are made of what is allowed.
const MOST: u64 = 1_000;

/// Which of the valid values are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Only what is required, as short and small as may be.
    Least,
    /// Everything, as long and large as may be.
    Most,
    /// Anything, examples and defaults among it.
    Any,
}

/// Makes values.
pub(crate) struct Generator<'a> {
    schemas: &'a Schemas,
    rng: &'a mut Stream,
    shape: Shape,
    alphabet: Alphabet,
}

impl<'a> Generator<'a> {
    pub(crate) fn new(
        schemas: &'a Schemas,
        rng: &'a mut Stream,
        shape: Shape,
        alphabet: Alphabet,
    ) -> Self {
        Self {
            schemas,
            rng,
            shape,
            alphabet,
        }
    }

    /// A value that is valid under the schema at a place.
    ///
    /// # Errors
    /// The schema is none, or nothing valid was found.
    pub(crate) fn draw(&mut self, at: &Pointer) -> Result<Value, String> {
        let validator = self.schemas.validator(at)?;
        let schema = self.schemas.schema(at).map(|(_, schema)| schema);
        let schema = schema.ok_or_else(|| format!("there is no schema at `{at}`"))?;
        for _ in 0..MOST_TRIES {
            if let Some(value) = self.value(schema, 0)
                && self.alphabet.can_say(&value)
                && validator.is_valid(&value)
            {
                return Ok(value);
            }
            // The least and the most of a schema may not be valid together.
            self.shape = Shape::Any;
        }
        Err(format!(
            "no value was found that is valid under the schema at `{at}`; an `example` there would be taken"
        ))
    }

    fn value(&mut self, schema: &Value, level: usize) -> Option<Value> {
        if level > MAX_LEVEL {
            return None;
        }
        let schema = flatten(self.schemas, schema, &mut |branches| self.pick(branches))?;
        if let Some(value) = self.given(&schema) {
            return Some(value);
        }
        let kinds = kinds(&schema);
        let index = match self.shape {
            Shape::Any => self.rng.random_range(0..kinds.len()),
            Shape::Least | Shape::Most => 0,
        };
        match kinds[index] {
            "null" => Some(Value::Null),
            "boolean" => Some(self.rng.random::<bool>().into()),
            "integer" => number::integer(&schema, self.shape, self.rng),
            "number" => number::number(&schema, self.shape, self.rng),
            "array" => self.array(&schema, level),
            "object" => self.object(&schema, level),
            _ => text::text(&schema, self.shape, self.alphabet, self.rng).map(Value::String),
        }
    }

    /// Which of so many branches is taken.
    fn pick(&mut self, branches: usize) -> usize {
        match self.shape {
            Shape::Least => 0,
            Shape::Most => branches - 1,
            Shape::Any => self.rng.random_range(0..branches),
        }
    }

    /// A value that the schema itself names.
    fn given(&mut self, schema: &Map<String, Value>) -> Option<Value> {
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        if let Some(Value::Array(values)) = schema.get("enum")
            && !values.is_empty()
        {
            let index = self.pick(values.len());
            return Some(values[index].clone());
        }
        if self.shape != Shape::Any || self.rng.random_range(0..3) > 0 {
            return None;
        }
        let mut named: Vec<&Value> = ["example", "default"]
            .iter()
            .filter_map(|key| schema.get(*key))
            .collect();
        if let Some(Value::Array(examples)) = schema.get("examples") {
            named.extend(examples);
        }
        let index = match named.len() {
            0 => return None,
            count => self.rng.random_range(0..count),
        };
        Some(named[index].clone())
    }

    fn object(&mut self, schema: &Map<String, Value>, level: usize) -> Option<Value> {
        let required = names(schema, "required");
        let count = |key: &str| schema.get(key).and_then(Value::as_u64);
        let most = count("maxProperties").unwrap_or(MOST) as usize;
        let least = count("minProperties").unwrap_or(0) as usize;
        let mut members = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let is_required = required.contains(&name.as_str());
            let of_answers = property.get("readOnly") == Some(&Value::Bool(true));
            if !is_required && (of_answers || !self.takes(level) || members.len() >= most) {
                continue;
            }
            match self.value(property, level + 1) {
                Some(value) => {
                    members.insert(name.clone(), value);
                }
                None if is_required => return None,
                None => {}
            }
        }
        let others = schema.get("additionalProperties").cloned();
        let others = others.unwrap_or(Value::Bool(true));
        for name in required {
            if !members.contains_key(name) {
                members.insert(name.to_owned(), self.value(&others, level + 1)?);
            }
        }
        if properties.is_none() && others.is_object() && self.takes(level) {
            members.insert("key".to_owned(), self.value(&others, level + 1)?);
        }
        while members.len() < least.min(MOST as usize) && others != Value::Bool(false) {
            let name = format!("key{}", members.len() + 1);
            members.insert(name, self.value(&others, level + 1)?);
        }
        Some(Value::Object(members))
    }

    /// Whether something optional is made.
    fn takes(&mut self, level: usize) -> bool {
        match self.shape {
            Shape::Least => false,
            _ if level >= SPARSE_FROM => false,
            Shape::Most => true,
            Shape::Any => self.rng.random::<bool>(),
        }
    }

    fn array(&mut self, schema: &Map<String, Value>, level: usize) -> Option<Value> {
        let count = |key: &str| schema.get(key).and_then(Value::as_u64);
        let least = count("minItems").unwrap_or(0).min(MOST);
        let most = count("maxItems").unwrap_or(least + 3).clamp(least, MOST);
        let wanted = match self.shape {
            _ if level >= SPARSE_FROM => least,
            Shape::Least => least,
            Shape::Most => most.min(least + SOME),
            Shape::Any => self.rng.random_range(least..=most.min(least + 3)),
        };
        let unique = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let first = schema.get("prefixItems").and_then(Value::as_array);
        let rest = schema.get("items").cloned().unwrap_or(Value::Bool(true));
        let mut items: Vec<Value> = Vec::new();
        for index in 0..wanted as usize {
            let schema = first.and_then(|first| first.get(index)).unwrap_or(&rest);
            let Some(item) = self.value(schema, level + 1) else {
                break;
            };
            if !unique || !items.contains(&item) {
                items.push(item);
            }
        }
        (items.len() as u64 >= least || unique).then_some(Value::Array(items))
    }
}

/// The types that a schema allows, null last; what it is most likely of where it does not say.
pub(crate) fn kinds(schema: &Map<String, Value>) -> Vec<&str> {
    let mut kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    kinds.sort_by_key(|kind| *kind == "null");
    if kinds.is_empty() {
        let has = |keys: &[&str]| keys.iter().any(|key| schema.contains_key(*key));
        kinds.push(
            if has(&["properties", "required", "additionalProperties"]) {
                "object"
            } else if has(&["items", "prefixItems", "minItems", "maxItems"]) {
                "array"
            } else if has(&["minimum", "maximum", "multipleOf", "exclusiveMinimum"]) {
                "number"
            } else {
                "string"
            },
        );
    }
    kinds
}

/// The names in a list.
pub(crate) fn names<'s>(schema: &'s Map<String, Value>, key: &str) -> Vec<&'s str> {
    let list = schema.get(key).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

#[cfg(test)]
mod tests;
