use rtest_core::plan::{CapturePlan, Extractor, MeasurePlan, MeasuredValue};
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::load::Metrics;
use crate::check::{Context, pattern, request, template};
use crate::collection::Named;
use crate::file::{Capture, CaptureKeys, Measure, MeasureKeys};
use crate::shape::Field;
use crate::spanned::{Spanned, join};

/// Where in an answer a value is, as captures and measures say it.
struct Place<'a> {
    json: &'a Field<String>,
    header: &'a Field<String>,
    css: &'a Field<String>,
    regex: &'a Field<String>,
    attribute: &'a Field<String>,
}

impl<'a> From<&'a CaptureKeys> for Place<'a> {
    fn from(keys: &'a CaptureKeys) -> Self {
        Self {
            json: &keys.json,
            header: &keys.header,
            css: &keys.css,
            regex: &keys.regex,
            attribute: &keys.attribute,
        }
    }
}

impl<'a> From<&'a MeasureKeys> for Place<'a> {
    fn from(keys: &'a MeasureKeys) -> Self {
        Self {
            json: &keys.json,
            header: &keys.header,
            css: &keys.css,
            regex: &keys.regex,
            attribute: &keys.attribute,
        }
    }
}

impl Place<'_> {
    fn check(&self, cx: &mut Context<'_>) -> Option<Extractor> {
        if !self.json.is_absent() {
            let path = self.json.spanned()?;
            return json(&path.value, &path.span, cx);
        }
        let regex = match self.regex {
            Field::Absent => None,
            given => {
                let text = given.spanned()?;
                let regex = pattern::regex(&text.value, &text.span, Code::BadCapture, cx);
                Some(regex?)
            }
        };
        if !self.header.is_absent() {
            let name = self.header.spanned()?;
            request::answer_header_name(name, cx.found);
            return Some(Extractor::Header {
                name: name.value.clone(),
                regex,
            });
        }
        if !self.css.is_absent() {
            let selector = self.css.spanned()?;
            return Some(Extractor::Css {
                selector: pattern::selector(&selector.value, &selector.span, cx)?,
                attribute: match self.attribute {
                    Field::Absent => None,
                    given => Some(given.value()?.clone()),
                },
            });
        }
        regex.map(Extractor::Regex)
    }
}

fn json(path: &str, span: &Span, cx: &mut Context<'_>) -> Option<Extractor> {
    if path.trim_start().starts_with('$') {
        let path = pattern::json_path(path.trim(), span, Code::BadCapture, cx);
        return path.map(Extractor::Json);
    }
    cx.found.add(
        Diagnostic::new(Code::BadCapture, format!("`{path}` is not a JSONPath"))
            .at(span)
            .hint("a path begins with `$`; elsewhere are `{ header: … }`, `{ regex: … }`, `{ css: … }`"),
    );
    None
}

/// Checks what a request captures; the names are there for the steps that follow.
pub(in crate::check) fn captures<C: AsRef<Capture>>(
    captures: &Field<Named<C, 1>>,
    cx: &mut Context<'_>,
) -> Option<Vec<CapturePlan>> {
    let entries = match captures {
        Field::Absent => return Some(Vec::new()),
        Field::Faulty(_) => {
            cx.scope.open();
            return None;
        }
        Field::Given(entry) => &entry.value.value.0,
    };
    let mut plans = Vec::new();
    for entry in entries {
        check_name(&entry.name, cx);
        if let Some((name, capture)) = entry.given() {
            plans.extend(self::capture(
                name,
                capture.value.as_ref(),
                &capture.span,
                cx,
            ));
        }
    }
    for entry in entries {
        cx.scope.add(&entry.name.value);
    }
    (plans.len() == entries.len()).then_some(plans)
}

fn capture(
    name: &Spanned<String>,
    capture: &Capture,
    place: &Span,
    cx: &mut Context<'_>,
) -> Option<CapturePlan> {
    let (from, default, span) = match capture {
        Capture::Path(path) => {
            let span = join(&name.span, place);
            (json(path, place, cx)?, None, span)
        }
        Capture::By(keys) => {
            let default = match &keys.default {
                Field::Absent => None,
                Field::Given(text) => {
                    template::refuse(&text.value.value, &text.value.span, cx);
                    Some(text.value.value.clone())
                }
                Field::Faulty(_) => return None,
            };
            (Place::from(&**keys).check(cx)?, default, name.span.clone())
        }
    };
    Some(CapturePlan {
        name: name.value.clone(),
        from,
        default,
        span,
    })
}

/// A capture's name becomes a hole.
fn check_name(name: &Spanned<String>, cx: &mut Context<'_>) {
    let is_name = !name.value.is_empty()
        && name
            .value
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    let (message, hint) = if !is_name {
        (
            format!("`{}` cannot be the name of a capture", name.value),
            "it fills the hole of its name: letters, digits, `_` and `-`",
        )
    } else if cx.scope.counts(&name.value) {
        (
            format!("`{}` is already counted in every scenario", name.value),
            "give the capture another name",
        )
    } else {
        return;
    };
    cx.found.add(
        Diagnostic::new(Code::OutOfRange, message)
            .at(&name.span)
            .hint(hint),
    );
}

/// Checks what a request adds to the suite's own metrics, after its captures.
pub(super) fn measures(
    measures: &Field<Named<Measure, 1>>,
    metrics: &Metrics,
    cx: &mut Context<'_>,
) -> Option<Vec<MeasurePlan>> {
    let entries = match measures {
        Field::Absent => return Some(Vec::new()),
        Field::Faulty(_) => return None,
        Field::Given(entry) => &entry.value.value.0,
    };
    let mut plans = Vec::new();
    for entry in entries {
        let name = &entry.name;
        let metric = metrics.place(&name.value, &name.span, cx.found);
        let Some((_, measure)) = entry.given() else {
            continue;
        };
        let value = measured(measure, cx);
        if let (Some(metric), Some(value)) = (metric, value) {
            plans.push(MeasurePlan {
                metric,
                value,
                span: match measure.value {
                    Measure::Constant(_) | Measure::Text(_) => join(&name.span, &measure.span),
                    Measure::By(_) => name.span.clone(),
                },
            });
        }
    }
    (plans.len() == entries.len()).then_some(plans)
}

fn measured(measure: &Spanned<Measure>, cx: &mut Context<'_>) -> Option<MeasuredValue> {
    let text = match &measure.value {
        Measure::Constant(value) => return Some(MeasuredValue::Constant(*value)),
        Measure::By(keys) => return Place::from(&**keys).check(cx).map(MeasuredValue::Extracted),
        Measure::Text(text) => text.trim(),
    };
    if text.starts_with('$') {
        return json(text, &measure.span, cx).map(MeasuredValue::Extracted);
    }
    // What a variable held is text, whatever it spells.
    if let Some(number) = text.parse().ok().filter(|number: &f64| number.is_finite()) {
        return Some(MeasuredValue::Constant(number));
    }
    let template = Template::parse(text)
        .map_err(|error| {
            let diagnostic = Diagnostic::new(Code::UnknownVariable, error.to_string());
            cx.found.add(diagnostic.at(&measure.span));
        })
        .ok()?;
    template::check(&template, &measure.span, cx);
    if template.variables().next().is_none() {
        cx.found.add(
            Diagnostic::new(Code::BadCapture, format!("`{text}` is not a number"))
                .at(&measure.span)
                .hint("write a number, a path such as `$.total`, or text with holes such as `\"{{ total }}\"`"),
        );
        return None;
    }
    Some(MeasuredValue::Text(template))
}
