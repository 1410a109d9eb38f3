//! Checks the world of a program.

use std::time::Duration;

use rtest_core::plan::{SimDelay, SimDisk, SimFault, SimFaultKind, SimLink, SimWorld};
use rtest_core::unit::{UnitError, parse_size};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::check::chaos::{jitter_fits, percentiles};
use crate::check::unit::read;
use crate::collection::Named;
use crate::file::{World, WorldDisk, WorldFault, WorldLink};
use crate::scalar::{Positive, PositiveNumber};
use crate::shape::Field;
use crate::spanned::Spanned;

/// Checks it; nothing where it cannot be read.
pub(crate) fn check(keys: &World, cx: &mut Context<'_>) -> Option<SimWorld> {
    let mut links = Vec::new();
    let named = keys.links.value().map(|named| named.0.as_slice());
    for (name, link) in named.unwrap_or_default().iter().filter_map(|it| it.given()) {
        let host = host(name, cx);
        links.push((host, self::link(&link.value, cx)));
    }
    let disk = match keys.disk.value() {
        Some(disk) => self::disk(disk, cx),
        None => Some(SimDisk::default()),
    };
    let listed = keys.faults.value().map(|list| list.items.as_slice());
    let faults: Vec<Option<SimFault>> = listed
        .unwrap_or_default()
        .iter()
        .map(|it| fault(&it.value, cx))
        .collect();
    Some(SimWorld {
        links: (links.into_iter())
            .map(|(host, link)| Some((host?, link?)))
            .collect::<Option<_>>()?,
        disk: disk?,
        faults: faults.into_iter().collect::<Option<_>>()?,
    })
}

fn fault(keys: &WorldFault, cx: &mut Context<'_>) -> Option<SimFault> {
    let cut = |down, partitioned| SimLink {
        down,
        partitioned,
        ..SimLink::default()
    };
    let kind = if let Some(to) = keys.partition.spanned() {
        SimFaultKind::Link(host(to, cx)?, cut(None, Some(true)))
    } else if let Some(to) = keys.down.spanned() {
        SimFaultKind::Link(host(to, cx)?, cut(Some(true), None))
    } else if let Some(to) = keys.reset.spanned() {
        SimFaultKind::Reset(host(to, cx)?)
    } else if let Some(to) = keys.link.spanned() {
        let host = host(to, cx);
        let becomes = link(keys.becomes.value()?, cx);
        SimFaultKind::Link(host?, becomes?)
    } else {
        SimFaultKind::Disk(disk(keys.disk.value()?, cx)?)
    };
    Some(SimFault {
        at: *keys.at.value()?,
        lasts: keys.lasting.value().map(|lasts| lasts.0),
        kind,
    })
}

fn link(keys: &WorldLink, cx: &mut Context<'_>) -> Option<SimLink> {
    let spread = Spread {
        latency: &keys.latency,
        jitter: &keys.jitter,
        mean: &keys.mean,
        deviation: &keys.deviation,
        scale: &keys.scale,
        shape: &keys.shape,
        percentiles: &keys.percentiles,
    };
    let delay = spread.check(cx);
    let loss = share(&keys.loss, cx);
    let rate = read(&keys.bandwidth, bandwidth, cx);
    Some(SimLink {
        delay: delay?,
        loss: loss?,
        rate: rate?.map(Some),
        down: None,
        partitioned: None,
    })
}

fn disk(keys: &WorldDisk, cx: &mut Context<'_>) -> Option<SimDisk> {
    let spread = Spread {
        latency: &keys.latency,
        jitter: &keys.jitter,
        mean: &keys.mean,
        deviation: &keys.deviation,
        scale: &keys.scale,
        shape: &keys.shape,
        percentiles: &keys.percentiles,
    };
    let delay = spread.check(cx);
    let errors = share(&keys.errors, cx);
    Some(SimDisk {
        delay: delay?,
        errors: errors?,
        error: keys.error.value().map(|error| error.0),
        full: keys.full.value().map(|_| true),
    })
}

/// The keys that say how a delay is spread.
struct Spread<'a> {
    latency: &'a Field<Duration>,
    jitter: &'a Field<Duration>,
    mean: &'a Field<Positive>,
    deviation: &'a Field<Duration>,
    scale: &'a Field<Positive>,
    shape: &'a Field<PositiveNumber>,
    percentiles: &'a Field<Named<Duration, 1>>,
}

impl Spread<'_> {
    /// The delay; the inner `None` where nothing is said of it.
    fn check(&self, cx: &mut Context<'_>) -> Option<Option<SimDelay>> {
        self.is_one(cx)?;
        if let Some(latency) = self.latency.value() {
            return jitter_fits(self.jitter, *latency, cx).then(|| {
                Some(SimDelay::Uniform {
                    latency: Some(*latency),
                    jitter: Some(self.jitter.value().copied().unwrap_or_default()),
                })
            });
        }
        if let Some(mean) = self.mean.value() {
            return Some(Some(SimDelay::Normal {
                mean: Some(mean.0),
                deviation: Some(*self.deviation.value()?),
            }));
        }
        if let Some(scale) = self.scale.value() {
            return Some(Some(SimDelay::Pareto {
                scale: Some(scale.0),
                shape: Some(self.shape.value().map_or(1.0, |shape| shape.0)),
            }));
        }
        if self.percentiles.is_absent() {
            return Some(None);
        }
        percentiles(self.percentiles, cx).map(|known| Some(SimDelay::Percentiles(known)))
    }
}

impl Spread<'_> {
    /// Whether the keys are those of one distribution, and enough of it is there.
    fn is_one(&self, cx: &mut Context<'_>) -> Option<()> {
        let first = [
            ("latency", self.latency.key()),
            ("mean", self.mean.key()),
            ("scale", self.scale.key()),
            ("percentiles", self.percentiles.key()),
        ];
        let mut first = first
            .into_iter()
            .filter_map(|(name, key)| Some((name, key?)));
        let (one, another) = (first.next(), first.next());
        if let (Some((one, _)), Some((another, span))) = (one, another) {
            let message = format!("`{one}` and `{another}` are of two distributions");
            cx.found
                .add(Diagnostic::new(Code::NotExactlyOne, message).at(span));
            return None;
        }
        let second = [
            ("jitter", "latency", self.jitter.key()),
            ("deviation", "mean", self.deviation.key()),
            ("shape", "scale", self.shape.key()),
        ];
        for (name, needs, key) in second {
            // Beside the first key of another distribution it is refused as a key.
            if let (Some(span), None) = (key, one) {
                let message = format!("`{name}` has no effect without `{needs}`");
                cx.found
                    .add(Diagnostic::new(Code::Contradiction, message).at(span));
                return None;
            }
        }
        Some(())
    }
}

/// A number from 0 to 1; the inner `None` where the key is not there.
fn share(field: &Field<f64>, cx: &mut Context<'_>) -> Option<Option<f64>> {
    let Some(given) = field.spanned() else {
        return field.is_absent().then_some(None);
    };
    if (0.0..=1.0).contains(&given.value) {
        return Some(Some(given.value));
    }
    refuse("a share from 0 to 1 is meant here", &given.span, cx);
    None
}

/// `64KB/s`, in bytes a second.
fn bandwidth(text: &str) -> Result<u64, UnitError> {
    let bytes = text.trim().strip_suffix("/s").map(parse_size);
    match bytes {
        Some(Ok(bytes)) if bytes > 0 => Ok(bytes),
        _ => Err(UnitError {
            message: format!("`{}` is no bandwidth", text.trim()),
            hint: "write it as `64KB/s`".to_owned(),
        }),
    }
}

/// `HOST` or `HOST:PORT`, as a program names it.
fn host(name: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let (host, port) = match name.value.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (name.value.as_str(), None),
    };
    let is_host = !host.is_empty()
        && (host.chars()).all(|letter| letter.is_ascii_alphanumeric() || "-._".contains(letter));
    if is_host && port.is_none_or(|port| port.parse::<u16>().is_ok()) {
        // As in addresses, upper case is lower case.
        return Some(name.value.to_ascii_lowercase());
    }
    let message = format!("`{}` is no host", name.value);
    cx.found.add(
        Diagnostic::new(Code::BadUnit, message)
            .at(&name.span)
            .hint("write it as the program names it: `prices.internal`, or with its port"),
    );
    None
}

fn refuse(message: &str, span: &Span, cx: &mut Context<'_>) {
    cx.found
        .add(Diagnostic::new(Code::OutOfRange, message).at(span));
}
