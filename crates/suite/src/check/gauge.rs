//! Numbers that are read while load runs, for what is expected of the system.

use rtest_core::expectation::excerpt;
use rtest_core::metric::MetricKind;
use rtest_core::plan::{GaugePlan, GaugeRef, GaugeSource};
use rtest_core::{Code, Diagnostic, Template};

use super::load::Driven;
use super::{Context, pattern, probe, request};
use crate::collection::List;
use crate::file::{GuardProbe, NumberCall, NumberQuery};
use crate::shape::Field;
use crate::spanned::Spanned;

/// The numbers of a suite, in the order in which they are named by their index.
#[derive(Debug, Default)]
pub(super) struct Gauges(pub(super) Vec<GaugePlan>);

/// Where a number is read; one of them is given.
pub(super) struct Source<'a> {
    pub(super) http: &'a Field<NumberCall>,
    pub(super) sql: &'a Field<NumberQuery>,
    pub(super) command: &'a Field<List<Template, 1>>,
}

impl Gauges {
    /// One more, by the number that it has from then on.
    fn add(&mut self, name: String, source: GaugeSource) -> GaugeRef {
        // More than a record can number are no suite that anybody writes.
        let index = u16::try_from(self.0.len()).unwrap_or(u16::MAX);
        self.0.push(GaugePlan {
            name: name.clone(),
            source,
        });
        GaugeRef { index, name }
    }

    /// A number, by where it is read.
    pub(super) fn number(
        &mut self,
        source: &Source<'_>,
        driven: &Driven,
        cx: &mut Context<'_>,
    ) -> Option<GaugeRef> {
        let (name, source) = if let Some(http) = source.http.value() {
            call(http, driven, cx)?
        } else if let Some(sql) = source.sql.value() {
            let (url, query, name) = probe::query(&sql.url, &sql.query, cx)?;
            (name, GaugeSource::Sql { url, query })
        } else {
            let words = &source.command.value()?.items;
            let (words, name) = probe::words(words, cx);
            let cwd = cx.base.to_owned();
            (name, GaugeSource::Command { words, cwd })
        };
        Some(self.add(name, source))
    }

    /// A level that is sampled of a service all the same.
    pub(super) fn sampled(
        &mut self,
        metric: &Spanned<String>,
        driven: &Driven,
        cx: &mut Context<'_>,
    ) -> Option<GaugeRef> {
        let services = &driven.metrics.services;
        if services.kind(&metric.value) == Some(MetricKind::Level) {
            return Some(self.add(metric.value.clone(), GaugeSource::Usage));
        }
        let refused = services.refused(&metric.value).unwrap_or_else(|| {
            let message = format!("`{}` is no level of a service", metric.value);
            Diagnostic::new(Code::UnknownMetric, message).hint(
                "it is what is sampled of one, and no counter: `service.db.connections_waiting`",
            )
        });
        cx.found.add(refused.at(&metric.span));
        None
    }

    /// Whether a probe holds.
    pub(super) fn probe(
        &mut self,
        given: &GuardProbe,
        driven: &Driven,
        cx: &mut Context<'_>,
    ) -> Option<GaugeRef> {
        let (kind, _, default_name) = probe::asked(&given.into(), driven, cx)?;
        let name = given.name.value().cloned();
        let name = name.unwrap_or(default_name);
        Some(self.add(name, GaugeSource::Probe(kind)))
    }
}

fn call(keys: &NumberCall, driven: &Driven, cx: &mut Context<'_>) -> Option<(String, GaugeSource)> {
    let json = keys.json.spanned();
    let path =
        json.and_then(|json| pattern::json_path(&json.value, &json.span, Code::BadExpectation, cx));
    let target = probe::target(&keys.service, driven, cx);
    let get = keys.get.spanned()?;
    let call = request::call(keys.get.entry().map(|entry| ("GET", entry)), None, cx)?;
    let path = path?;
    let name = excerpt(format!("GET {} {path}", get.value).as_bytes());
    let source = GaugeSource::Http {
        target: target?,
        call,
        path,
    };
    Some((name, source))
}
