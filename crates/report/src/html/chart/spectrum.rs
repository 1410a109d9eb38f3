use std::fmt::Write as _;

use rtest_core::Histogram;

use super::{Scale, frame};
use crate::html::markup::esc;
use crate::number::{latency, tick};

const HEIGHT: f64 = 250.0;
/// Points a decade.
const FINENESS: u32 = 24;

/// A distribution to draw.
pub(crate) struct Curve<'a> {
    /// CSS class that colours it.
    pub(crate) class: &'a str,
    pub(crate) label: String,
    pub(crate) histogram: Histogram,
}

/// The percentile spectrum: latency over 1 / (1 − q), by decades, so that the tail takes as much
/// room as it deserves. Each curve ends at its largest value: beyond lies nothing measured.
pub(crate) fn spectrum(curves: &[Curve<'_>]) -> String {
    let most = curves.iter().map(|curve| curve.histogram.len()).max();
    let decades = (most.unwrap_or(1).max(10) as f64).log10();
    let drawn: Vec<(&Curve<'_>, Vec<(f64, f64)>)> = curves
        .iter()
        .filter(|curve| !curve.histogram.is_empty())
        .map(|curve| (curve, points(&curve.histogram)))
        .collect();
    let values: Vec<f64> = drawn
        .iter()
        .flat_map(|(_, points)| points.iter().map(|(_, value)| *value))
        .collect();
    let scale = Scale::latency(values);

    let words: Vec<String> = drawn
        .iter()
        .map(|(curve, _)| {
            format!(
                "{}: p50 {}, p99 {}, max {}",
                curve.label,
                latency(curve.histogram.quantile_ms(0.5)),
                latency(curve.histogram.quantile_ms(0.99)),
                latency(curve.histogram.max_ms())
            )
        })
        .collect();
    let mut out = format!(
        "<figure>\n<figcaption><h3>Percentile spectrum</h3><p>Response time by percentile{}. A tail that bends up late is rare and slow; one that bends early is common and slow.</p></figcaption>\n<ul class=\"legend\">",
        if scale.is_log() { ", log scale" } else { "" }
    );
    for (curve, _) in &drawn {
        let _ = write!(
            out,
            "<li><i class=\"stroke {}\"></i>{} <b>p99 {}</b></li>",
            curve.class,
            esc(&curve.label),
            latency(curve.histogram.quantile_ms(0.99))
        );
    }
    out.push_str("</ul>\n");
    out.push_str(&frame::open(
        "spectrum",
        "Percentile spectrum",
        &words.join("; "),
        HEIGHT,
    ));
    frame::values(&mut out, scale, 8.0, HEIGHT, tick);
    percentiles(&mut out, decades);
    frame::field(&mut out, 8.0, HEIGHT);
    for (curve, points) in &drawn {
        let path = frame::line(
            points
                .iter()
                .map(|(x, value)| (x / decades * 1000.0, Some(scale.height(*value)))),
        );
        let _ = writeln!(out, "<path class=\"line {}\" d=\"{path}\"/>", curve.class);
    }
    out.push_str("</svg>");
    out.push_str(frame::close(false));
    out.push_str("</figure>\n");
    out
}

/// Decades of 1 / (1 − q), and the value there.
fn points(histogram: &Histogram) -> Vec<(f64, f64)> {
    let decades = (histogram.len() as f64).log10();
    let steps = (decades * f64::from(FINENESS)).floor() as u32;
    let mut points: Vec<(f64, f64)> = (0..=steps)
        .map(|step| {
            let x = f64::from(step) / f64::from(FINENESS);
            (x, histogram.quantile_ms(1.0 - 10_f64.powf(-x)))
        })
        .collect();
    points.push((decades, histogram.max_ms()));
    points
}

fn percentiles(out: &mut String, decades: f64) {
    let ticks = [
        (0.0, "0"),
        (2_f64.log10(), "p50"),
        (1.0, "p90"),
        (2.0, "p99"),
        (3.0, "p99.9"),
        (4.0, "p99.99"),
        (5.0, "p99.999"),
        (6.0, "p99.9999"),
    ];
    for (x, label) in ticks {
        if x > decades + 1e-9 {
            continue;
        }
        let x = x / decades * 100.0;
        let _ = writeln!(
            out,
            "<line x1=\"{x:.2}%\" x2=\"{x:.2}%\" y1=\"8\" y2=\"{}\"/>\
             <text x=\"{x:.2}%\" y=\"{}\" class=\"x\">{label}</text>",
            HEIGHT + 5.0,
            HEIGHT + 19.0
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_curve_rises_and_ends_at_the_largest_value() {
        let mut histogram = Histogram::default();
        for millis in 1..=1000 {
            histogram.record(Duration::from_millis(millis));
        }
        let points = points(&histogram);
        assert!(points.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert!(points.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        let (x, value) = points[points.len() - 1];
        assert!((x - 3.0).abs() < 1e-9 && value >= 1000.0 * 0.999);
    }
}
