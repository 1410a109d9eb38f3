use rand::RngExt;
use rtest_core::Stream;
use serde_json::{Map, Number, Value};

use super::Shape;

/// Whole numbers that readers of JSON agree on (RFC 8259, 6).
const SAFE: i64 = (1 << 53) - 1;

/// Numbers at which storage ends, of 16, 32 and 53 bits.
const EDGES: [i64; 4] = [
    i16::MAX as i64 + 1,
    i32::MAX as i64,
    i32::MAX as i64 + 1,
    SAFE,
];

/// The least and the most that a schema allows; `None` where it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) least: Option<f64>,
    pub(crate) most: Option<f64>,
}

/// The bounds of a schema, those that are excluded included.
pub(crate) fn bounds(schema: &Map<String, Value>) -> Bounds {
    let get = |key: &str| schema.get(key).and_then(Value::as_f64);
    let closer =
        |one: Option<f64>, other: Option<f64>, choose: fn(f64, f64) -> f64| match (one, other) {
            (Some(one), Some(other)) => Some(choose(one, other)),
            (one, other) => one.or(other),
        };
    Bounds {
        least: closer(get("minimum"), get("exclusiveMinimum"), f64::max),
        most: closer(get("maximum"), get("exclusiveMaximum"), f64::min),
    }
}

/// A whole number within the bounds of a schema.
pub(super) fn integer(
    schema: &Map<String, Value>,
    shape: Shape,
    rng: &mut Stream,
) -> Option<Value> {
    let whole = |key: &str, round: fn(f64) -> f64| {
        let value = schema.get(key)?;
        value
            .as_i64()
            .or_else(|| Some(round(value.as_f64()?) as i64))
    };
    let after = whole("exclusiveMinimum", f64::floor).map(|it| it.saturating_add(1));
    let before = whole("exclusiveMaximum", f64::ceil).map(|it| it.saturating_sub(1));
    let least = whole("minimum", f64::ceil).max(after);
    let most = [whole("maximum", f64::floor), before]
        .into_iter()
        .flatten()
        .min();
    let step = schema
        .get("multipleOf")
        .and_then(Value::as_i64)
        .unwrap_or(1)
        .max(1);

    let low = least.unwrap_or_else(|| most.map_or(0, |most| most.min(0)));
    let high = most.unwrap_or_else(|| low.saturating_add(100).max(100));
    let value = match shape {
        Shape::Least => low,
        Shape::Most => high,
        Shape::Any => match rng.random_range(0..10) {
            0 => low,
            1 => high,
            2 => EDGES[rng.random_range(0..EDGES.len())].clamp(low, most.unwrap_or(SAFE).max(low)),
            3 if least.is_none() => rng.random_range(-100..=0),
            4..=6 if low <= high => rng.random_range(low..=high),
            // Small ones are what services know.
            _ => rng.random_range(low..=high.clamp(low, low.saturating_add(20))),
        },
    };
    let below = value.checked_sub(value.rem_euclid(step))?;
    let multiple = if below < low {
        below.checked_add(step)?
    } else {
        below
    };
    Some(multiple.into())
}

/// A number within the bounds of a schema.
pub(super) fn number(schema: &Map<String, Value>, shape: Shape, rng: &mut Stream) -> Option<Value> {
    let Bounds { least, most } = bounds(schema);
    let low = least.unwrap_or_else(|| most.map_or(0.0, |most| most.min(0.0)));
    let high = most.unwrap_or(low + 1_000.0);
    let share = match shape {
        Shape::Least => 0.0,
        Shape::Most => 1.0,
        Shape::Any => f64::from(rng.random_range(0..=1_000_u32)) / 1_000.0,
    };
    let mut value = low + (high - low) * share;
    match schema.get("multipleOf").and_then(Value::as_f64) {
        Some(step) if step > 0.0 => value = (value / step).floor() * step,
        // Two places, as prices have; not where the bounds are closer than that.
        _ if shape == Shape::Any && high - low > 1.0 => value = (value * 100.0).round() / 100.0,
        _ => {}
    }
    if schema.contains_key("exclusiveMinimum") && value <= low {
        value = low + ((high - low) / 2.0).min(1.0);
    }
    if schema.contains_key("exclusiveMaximum") && value >= high {
        value = high - ((high - low) / 2.0).min(1.0);
    }
    Number::from_f64(value).map(Value::Number)
}
