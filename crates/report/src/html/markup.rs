use std::fmt;

use rtest_core::sample::{ErrorKind, Outcome};
use rtest_metrics::GateStatus;
use rtest_metrics::record::SpanRecord;

use crate::excerpt::source_line;
use crate::visible::{capped, visible};

/// Characters of one text at most: what a server sends cannot swell the page.
const LONGEST: usize = 1200;

/// Text as HTML and XML show it, in content and in quoted attributes.
pub(crate) fn esc(text: &str) -> Esc<'_> {
    Esc(text)
}

/// See [`esc`].
pub(crate) struct Esc<'a>(&'a str);

impl fmt::Display for Esc<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = capped(self.0, LONGEST);
        let text = visible(&text);
        let mut rest = &*text;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

/// A gate's status as a coloured word with a sign, so that colour is not all that tells it.
pub(crate) fn status_chip(status: GateStatus) -> String {
    let (class, sign) = match status {
        GateStatus::Passed => ("good", "✓"),
        GateStatus::Failed => ("bad", "✗"),
        GateStatus::Inconclusive => ("doubt", "?"),
        GateStatus::Skipped => ("faint", "–"),
    };
    format!(
        "<span class=\"chip {class}\">{sign} {}</span>",
        status.name()
    )
}

/// The class that colours a status or an error.
pub(crate) fn status_class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Status(0..=299) | Outcome::Expected(_) => "s2xx",
        Outcome::Status(300..=399) => "s3xx",
        Outcome::Status(400..=499) => "s4xx",
        Outcome::Status(_) => "s5xx",
        Outcome::Error(ErrorKind::Dropped | ErrorKind::Interrupted) => "sgone",
        Outcome::Error(
            ErrorKind::Timeout
            | ErrorKind::DnsTimeout
            | ErrorKind::ConnectTimeout
            | ErrorKind::TlsTimeout
            | ErrorKind::FirstByteTimeout
            | ErrorKind::IdleTimeout,
        ) => "stimeout",
        Outcome::Error(_) => "serror",
    }
}

/// `file:line:column`, or nothing.
pub(crate) fn place(span: Option<&SpanRecord>) -> String {
    span.map_or_else(String::new, |span| {
        format!("<code class=\"place\">{}</code>", esc(&span.to_string()))
    })
}

/// The place, the source line and its marker.
pub(crate) fn source(span: &SpanRecord) -> String {
    let shown = source_line(span);
    let (line, marker) = shown.rsplit_once('\n').unwrap_or((&shown, ""));
    format!(
        "<pre class=\"source\"><span class=\"place\">{}</span>\n{}\n<span class=\"marker\">{}</span></pre>",
        esc(&span.to_string()),
        esc(line),
        esc(marker)
    )
}

/// A column's heading.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Heading<'a> {
    /// Of a column of words.
    Words(&'a str),
    /// Of a column of numbers, which stand to the right.
    Number(&'a str),
}

/// A table that scrolls by itself where the window is narrow.
pub(crate) fn table(caption: &str, headings: &[Heading<'_>], rows: &str) -> String {
    let headings: String = headings
        .iter()
        .map(|heading| match heading {
            Heading::Words(words) => format!("<th scope=\"col\">{}</th>", esc(words)),
            Heading::Number(words) => {
                format!("<th scope=\"col\" class=\"num\">{}</th>", esc(words))
            }
        })
        .collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{0}\"><table>\
         <caption class=\"unseen\">{0}</caption><thead><tr>{headings}</tr></thead>\
         <tbody>{rows}</tbody></table></div>\n",
        esc(caption)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_browser_would_act_on_comes_through() {
        assert_eq!(
            esc("<script>alert('x') & \"y\"\u{1b}</script>").to_string(),
            "&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;␛&lt;/script&gt;"
        );
        let long = "<".repeat(20_000);
        let shown = esc(&long).to_string();
        assert!(shown.len() < 4 * LONGEST + 40 && shown.contains("18800 more characters"));
    }
}
