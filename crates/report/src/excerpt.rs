use rtest_core::{Excerpt, Span};
use rtest_metrics::record::SpanRecord;

use crate::visible::visible;

/// The place and the line, as a compiler points at it:
///
/// ```text
/// --> suites/checkout.yaml:14:7
/// 14 |       durration: 10s
///    |       ^^^^^^^^^
/// ```
pub(crate) fn excerpt(span: &SpanRecord) -> String {
    let source = source_line(span);
    visible(&format!("--> {span}\n{source}")).into_owned()
}

/// The line and its marker, without the place.
pub(crate) fn source_line(span: &SpanRecord) -> String {
    let span = Span::from(span);
    let shown = Excerpt {
        span: &span,
        label: None,
    }
    .to_string();
    visible(&shown).into_owned()
}
