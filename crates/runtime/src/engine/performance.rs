//! What `perf_hooks` and `process` ask about time and what it went to. Times are virtual nanoseconds.

use std::rc::Rc;

use rquickjs::convert::List;
use rquickjs::{Ctx, Object, Result};

use super::bindings::Bindings;
use super::host::Host;
use crate::error::{Budget, RuntimeErrorKind};
use crate::histograms::{Histogram, Histograms};

/// Makes the object.
pub(super) fn performance_object<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    let bindings = Bindings::new(ctx, &object);
    let at = host.clone();
    bindings.add("idleNs", move || at.clock.borrow().idle_ns() as f64)?;
    let at = host.clone();
    bindings.add("loopStart", move || {
        at.loop_start_ns.get().map_or(-1.0, |ns| ns as f64)
    })?;
    let at = host.clone();
    bindings.add("turns", move || at.turns.get() as f64)?;
    watches(&bindings, host)?;
    histograms(&bindings, host)?;
    Ok(object)
}

fn watches(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add("setResolution", move |id: u32, ms: f64| {
        at.delays.borrow_mut().add(id, (ms * 1e6) as u64);
    })?;
    let at = host.clone();
    bindings.add("watchDelay", move |id: u32, on: bool| {
        let now_ns = at.clock.borrow().elapsed_ns();
        at.delays.borrow_mut().switch(id, on, now_ns);
    })
}

fn histograms(bindings: &Bindings<'_, '_>, host: &Rc<Host>) -> Result<()> {
    let at = host.clone();
    bindings.add(
        "histogram",
        move |lowest: f64, highest: f64, figures: u8| {
            at.create_histogram(lowest as u64, highest as u64, figures)
        },
    )?;
    let at = host.clone();
    bindings.add("record", move |id: u32, value: f64| {
        at.change(id, |histogram| histogram.record(value as u64, 1));
    })?;
    let at = host.clone();
    bindings.add("reset", move |id: u32| at.change(id, Histogram::reset))?;
    let at = host.clone();
    bindings.add("add", move |id: u32, other: u32| {
        at.histograms.borrow_mut().add(id, other);
    })?;
    type Read = fn(&Histogram) -> f64;
    let reads: [(&str, Read); 6] = [
        ("count", |it| it.count() as f64),
        ("exceeds", |it| it.exceeds() as f64),
        ("min", |it| it.min() as f64),
        ("max", |it| it.max() as f64),
        ("mean", Histogram::mean),
        ("stddev", Histogram::stddev),
    ];
    for (name, read) in reads {
        let at = host.clone();
        bindings.add(name, move |id: u32| {
            at.histograms.borrow().get(id).map(read)
        })?;
    }
    let at = host.clone();
    bindings.add("percentile", move |id: u32, percentile: f64| {
        let histograms = at.histograms.borrow();
        let histogram = histograms.get(id);
        histogram.map(|histogram| histogram.percentile(percentile) as f64)
    })?;
    let at = host.clone();
    bindings.add("percentiles", move |id: u32| {
        let histograms = at.histograms.borrow();
        let all = histograms.get(id).map(Histogram::percentiles);
        let all = all.unwrap_or_default().into_iter();
        all.map(|(percentile, value)| List((percentile, value as f64)))
            .collect::<Vec<_>>()
    })
}

impl Host {
    fn create_histogram(&self, lowest: u64, highest: u64, figures: u8) -> Option<u32> {
        let mut histograms = self.histograms.borrow_mut();
        let limit = self.limits.memory;
        if histograms.bytes() >= limit {
            self.fail_with(RuntimeErrorKind::Budget(Budget::Memory(limit)));
            return None;
        }
        histograms.create(lowest, highest, figures)
    }

    fn change(&self, id: u32, change: impl FnOnce(&mut Histogram)) {
        let histograms: &mut Histograms = &mut self.histograms.borrow_mut();
        if let Some(histogram) = histograms.get_mut(id) {
            change(histogram);
        }
    }
}
