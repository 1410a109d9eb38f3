use std::collections::BTreeMap;

use rand::RngExt;
use rtest_core::Stream;
use serde_json::Value;

use super::Source;
use crate::openapi::generate::Shape;
use crate::openapi::operation::{Example, Location};
use crate::openapi::pointer::Pointer;
use crate::openapi::request::{Body, Case, Intent};

/// Requests for things that should not exist.
const UNKNOWN: usize = 2;

/// Whole numbers that no service has reached as identifiers, where its schema allows them.
const FAR: std::ops::Range<i64> = 1_900_000_000..2_000_000_000;

/// An example that contradicts its schema.
#[derive(Clone, Debug)]
pub(crate) struct BadExample {
    pub(crate) at: Pointer,
    pub(crate) why: String,
}

/// Valid requests: those of the document's examples, the least and the most that is allowed, then
/// any; at least one.
///
/// # Errors
/// Why none can be made.
pub(crate) fn valid(source: &Source<'_>) -> Result<(Vec<Case>, Vec<BadExample>), String> {
    let mut rng = source.stream("valid");
    let (examples, bad) = Examples::of(source)?;
    let mut cases = Vec::new();
    for index in 0..examples.count.min(source.most) {
        cases.push(of_shape(
            source,
            Shape::Least,
            Some((&examples, index)),
            &mut rng,
        )?);
    }
    for shape in [Shape::Least, Shape::Most] {
        if cases.len() < source.most {
            cases.push(of_shape(source, shape, None, &mut rng)?);
        }
    }
    while cases.len() < source.most {
        cases.push(of_shape(source, Shape::Any, None, &mut rng)?);
    }
    Ok((cases, bad))
}

/// Valid requests for what should not exist.
pub(crate) fn unknown(source: &Source<'_>) -> Vec<Case> {
    let in_path = |location| location == Location::Path;
    let parameters = &source.operation.parameters;
    if !parameters.iter().any(|one| in_path(one.location)) {
        return Vec::new();
    }
    let mut rng = source.stream("unknown");
    let mut cases = Vec::new();
    for _ in 0..UNKNOWN.min(source.most) {
        let Ok(mut case) = of_shape(source, Shape::Least, None, &mut rng) else {
            continue;
        };
        for (index, parameter) in parameters.iter().enumerate() {
            if !in_path(parameter.location) {
                continue;
            }
            let far = Value::from(rng.random_range(FAR));
            let value = match source.schemas.is_valid(&parameter.schema, &far) {
                Ok(true) => Ok(far),
                _ => source.parameter(parameter, Shape::Any, &mut rng),
            };
            if let Ok(value) = value {
                case.parameters.insert(index, value);
            }
        }
        case.intent = Intent::Unknown;
        cases.push(case);
    }
    cases
}

/// The values that the document gives as examples, and that are valid.
struct Examples {
    parameters: BTreeMap<usize, Vec<Value>>,
    /// By the index of their type.
    bodies: Vec<(usize, Value)>,
    /// How many requests show all of them.
    count: usize,
}

impl Examples {
    fn of(source: &Source<'_>) -> Result<(Self, Vec<BadExample>), String> {
        let mut bad = Vec::new();
        let mut good = |examples: &[Example], schema: &Pointer| {
            let mut kept = Vec::new();
            for example in examples {
                let violations = source.schemas.violations(schema, &example.value)?;
                match violations.first() {
                    None => kept.push(example.value.clone()),
                    Some(first) => bad.push(BadExample {
                        at: example.at.clone(),
                        why: format!("`{}`: {}", first.location, first.message),
                    }),
                }
            }
            Ok::<_, String>(kept)
        };
        let mut parameters = BTreeMap::new();
        for (index, parameter) in source.parameters() {
            let kept = good(&parameter.examples, &parameter.schema)?;
            let alphabet = source.alphabet(parameter);
            let kept: Vec<Value> = kept
                .into_iter()
                .filter(|value| alphabet.can_say(value))
                .collect();
            if !kept.is_empty() {
                parameters.insert(index, kept);
            }
        }
        let mut bodies = Vec::new();
        for (index, media) in source
            .operation
            .body
            .iter()
            .flat_map(|body| &body.media)
            .enumerate()
        {
            let kept = match &media.schema {
                Some(schema) => good(&media.examples, schema)?,
                None => media.examples.iter().map(|one| one.value.clone()).collect(),
            };
            bodies.extend(kept.into_iter().map(|value| (index, value)));
        }
        let count = parameters
            .values()
            .map(Vec::len)
            .chain([bodies.len()])
            .max();
        let examples = Self {
            parameters,
            bodies,
            count: count.unwrap_or(0),
        };
        Ok((examples, bad))
    }
}

/// A valid request; with the examples of one index where they are given.
fn of_shape(
    source: &Source<'_>,
    shape: Shape,
    examples: Option<(&Examples, usize)>,
    rng: &mut Stream,
) -> Result<Case, String> {
    let mut case = source.case(Intent::Valid);
    for (index, parameter) in source.parameters() {
        let given = examples.and_then(|(all, nth)| {
            let values = all.parameters.get(&index)?;
            Some(values[nth % values.len()].clone())
        });
        let value = match given {
            Some(value) => value,
            None if parameter.required || takes(shape, rng) => {
                match source.parameter(parameter, shape, rng) {
                    Ok(value) => value,
                    Err(why) if parameter.required => return Err(why),
                    Err(_) => continue,
                }
            }
            None => continue,
        };
        case.parameters.insert(index, value);
    }
    if let Some(body) = &source.operation.body {
        let given = examples
            .filter(|(all, _)| !all.bodies.is_empty())
            .map(|(all, nth)| all.bodies[nth % all.bodies.len()].clone());
        if let Some((media, value)) = given {
            case.body = Some(Body::Value(media, value));
        } else if body.required || takes(shape, rng) {
            let media = match shape {
                Shape::Any => rng.random_range(0..body.media.len()),
                Shape::Least | Shape::Most => 0,
            };
            case.body = Some(source.body(media, shape, rng)?);
        }
    }
    Ok(case)
}

/// Whether something optional is sent.
fn takes(shape: Shape, rng: &mut Stream) -> bool {
    match shape {
        Shape::Least => false,
        Shape::Most => true,
        Shape::Any => rng.random(),
    }
}
