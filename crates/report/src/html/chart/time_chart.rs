use std::fmt::Write as _;

use super::frame::{self, Shade};
use super::{Scale, TimeAxis};
use crate::fault::{fault_sign, fault_words};
use crate::html::context::Context;
use crate::html::markup::esc;
use crate::timeline::{Point, Timeline};

/// A chart over the run's time. All of them share one axis, one set of shaded faults and one
/// cursor.
pub(crate) struct TimeChart<'a> {
    /// Unique on the page.
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// One sentence below the title.
    pub(crate) note: &'a str,
    /// The chart in words, for those who cannot see it.
    pub(crate) description: String,
    /// Height of the plot in pixels.
    pub(crate) height: f64,
    pub(crate) scale: Scale,
    /// How a value is written under the cursor.
    pub(crate) label: fn(f64) -> String,
    /// How a round value is written at the axis.
    pub(crate) tick: fn(f64) -> String,
    /// From back to front; stacked ones lie on each other in this order.
    pub(crate) layers: Vec<Layer>,
}

/// One line or area.
pub(crate) struct Layer {
    /// CSS class that colours it.
    pub(crate) class: String,
    pub(crate) label: String,
    pub(crate) shape: Shape,
    /// One a point of the timeline.
    pub(crate) values: Vec<Option<f64>>,
}

/// How a layer is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// From middle to middle.
    Line,
    /// As `Line`, broken.
    Dashed,
    /// Level over each point's length: counts, rates.
    Steps,
    /// As `Steps`, filled, on top of the stacked layers before it.
    Stacked,
}

impl TimeChart<'_> {
    /// The figure: title, legend, plot.
    pub(crate) fn render(&self, context: &Context<'_>, timeline: &Timeline) -> String {
        let axis = context.axis();
        let mut out = format!(
            "<figure class=\"time\" data-series=\"{}\">\n<figcaption><h3>{}</h3><p>{}</p></figcaption>\n",
            self.hover_values(),
            esc(self.title),
            esc(self.note)
        );
        self.legend(&mut out);
        out.push_str(&frame::open(
            self.id,
            self.title,
            &self.description,
            self.height,
        ));
        let shades = shades(context, timeline);
        let top = frame::shades(&mut out, &shades, axis, self.height);
        frame::values(&mut out, self.scale, top, self.height, self.tick);
        frame::times(&mut out, axis, self.height);
        frame::field(&mut out, top, self.height);
        let mut floor = vec![0.0; timeline.points.len()];
        for layer in &self.layers {
            let path = match layer.shape {
                Shape::Line | Shape::Dashed => self.line(layer, axis, &timeline.points),
                Shape::Steps => self.steps(layer, axis, &timeline.points),
                Shape::Stacked => self.stacked(layer, axis, &timeline.points, &mut floor),
            };
            let kind = match layer.shape {
                Shape::Line | Shape::Steps => "line",
                Shape::Dashed => "line dashed",
                Shape::Stacked => "area",
            };
            let _ = writeln!(out, "<path class=\"{kind} {}\" d=\"{path}\"/>", layer.class);
        }
        out.push_str("</svg>");
        out.push_str(frame::close(true));
        out.push_str("</figure>\n");
        out
    }

    fn legend(&self, out: &mut String) {
        out.push_str("<ul class=\"legend\">");
        for layer in &self.layers {
            let kind = match layer.shape {
                Shape::Stacked => "fill",
                Shape::Dashed => "dashed",
                Shape::Line | Shape::Steps => "stroke",
            };
            let _ = write!(
                out,
                "<li><i class=\"{kind} {}\"></i>{} <b></b></li>",
                layer.class,
                esc(&layer.label)
            );
        }
        out.push_str("<li class=\"when\"></li></ul>\n");
    }

    /// What the cursor shows: one list of words a layer. Numbers and units alone.
    fn hover_values(&self) -> String {
        let layers: Vec<String> = self
            .layers
            .iter()
            .map(|layer| {
                let values = layer.values.iter().map(|value| match value {
                    Some(value) => (self.label)(*value),
                    None => "–".to_owned(),
                });
                values.collect::<Vec<_>>().join("|")
            })
            .collect();
        esc_attribute(&layers.join(";"))
    }

    fn line(&self, layer: &Layer, axis: TimeAxis, points: &[Point]) -> String {
        frame::line(points.iter().zip(&layer.values).map(|(point, value)| {
            let x = axis.percent(f64::midpoint(point.from, point.to)) * 10.0;
            (x, value.map(|value| self.scale.height(value)))
        }))
    }

    fn steps(&self, layer: &Layer, axis: TimeAxis, points: &[Point]) -> String {
        frame::line(points.iter().zip(&layer.values).flat_map(|(point, value)| {
            let height = value.map(|value| self.scale.height(value));
            [point.from, point.to].map(|at| (axis.percent(at) * 10.0, height))
        }))
    }

    /// The area between what is stacked so far and this layer on top of it.
    fn stacked(
        &self,
        layer: &Layer,
        axis: TimeAxis,
        points: &[Point],
        floor: &mut [f64],
    ) -> String {
        let mut upper = Vec::new();
        let mut lower = Vec::new();
        for ((point, value), floor) in points.iter().zip(&layer.values).zip(floor) {
            let below = self.scale.height(*floor);
            *floor += value.unwrap_or(0.0);
            let above = self.scale.height(*floor);
            for at in [point.from, point.to] {
                let x = axis.percent(at) * 10.0;
                upper.push((x, Some(above)));
                lower.push((x, Some(below)));
            }
        }
        lower.reverse();
        let outline = frame::line(upper.into_iter().chain(lower));
        if outline.is_empty() {
            outline
        } else {
            format!("{outline}Z")
        }
    }
}

/// The faults of a run, as every chart over time shades them.
pub(super) fn shades(context: &Context<'_>, timeline: &Timeline) -> Vec<Shade> {
    timeline
        .bands
        .iter()
        .map(|band| Shade {
            from: band.from,
            to: band.to,
            sign: fault_sign(band.fault),
            words: context
                .record
                .header
                .faults
                .get(usize::from(band.fault))
                .map(|fault| fault_words(fault).into_owned())
                .unwrap_or_default(),
        })
        .collect()
}

/// Numbers and units need no escape but for `<` in `<0.01 %`.
fn esc_attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
