//! Changes of the world as the prelude has checked them: times in milliseconds, rates in bytes a
//! second with 0 for no limit.

use std::time::Duration;

use rquickjs::convert::List;
use rquickjs::{Ctx, FromJs, Object, Result, Value};
use rtest_core::plan::{DiskError, SimDelay, SimDisk, SimLink};

pub(super) struct LinkWish(pub(super) SimLink);

impl<'js> FromJs<'js> for LinkWish {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let wish = Object::from_js(ctx, value)?;
        let rate: Option<f64> = wish.get("rate")?;
        Ok(Self(SimLink {
            delay: delay(&wish)?,
            loss: wish.get("loss")?,
            rate: rate.map(|rate| (rate > 0.0).then_some(rate as u64)),
            down: wish.get("down")?,
            partitioned: wish.get("partitioned")?,
        }))
    }
}

pub(super) struct DiskWish(pub(super) SimDisk);

impl<'js> FromJs<'js> for DiskWish {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let wish = Object::from_js(ctx, value)?;
        let error: Option<String> = wish.get("error")?;
        Ok(Self(SimDisk {
            delay: delay(&wish)?,
            errors: wish.get("errors")?,
            error: error.and_then(|name| DiskError::of(&name)),
            full: wish.get("full")?,
        }))
    }
}

/// The words of one distribution, where any are there.
fn delay(wish: &Object<'_>) -> Result<Option<SimDelay>> {
    let time = |name: &str| -> Result<Option<Duration>> {
        let ms: Option<f64> = wish.get(name)?;
        Ok(ms.map(duration))
    };
    if let Some(known) = wish.get::<_, Option<Vec<List<(f64, f64)>>>>("percentiles")? {
        let known = known.into_iter().map(|List((at, ms))| (at, duration(ms)));
        return Ok(Some(SimDelay::Percentiles(known.collect())));
    }
    let (mean, deviation) = (time("mean")?, time("deviation")?);
    if mean.is_some() || deviation.is_some() {
        return Ok(Some(SimDelay::Normal { mean, deviation }));
    }
    let (scale, shape) = (time("scale")?, wish.get::<_, Option<f64>>("shape")?);
    if scale.is_some() || shape.is_some() {
        return Ok(Some(SimDelay::Pareto { scale, shape }));
    }
    let (latency, jitter) = (time("latency")?, time("jitter")?);
    if latency.is_some() || jitter.is_some() {
        return Ok(Some(SimDelay::Uniform { latency, jitter }));
    }
    Ok(None)
}

fn duration(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or(Duration::MAX)
}
