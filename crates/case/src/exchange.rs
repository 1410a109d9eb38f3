//! What was sent and what came back, for whoever has to find out why.

use std::fmt::Write as _;

use rtest_core::REDACTED;

/// Characters of a body that are shown.
const MOST_BODY: usize = 2000;

/// Headers that carry secrets.
const SECRET: [&str; 4] = [
    "authorization",
    "cookie",
    "set-cookie",
    "proxy-authorization",
];

/// Headers of answers that tell nothing about a failure.
const DULL: [&str; 6] = [
    "date",
    "server",
    "connection",
    "keep-alive",
    "content-length",
    "transfer-encoding",
];

/// A request as it was sent.
pub(crate) fn request(
    method: &str,
    url: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> String {
    message(&format!("{method} {url}"), headers, body)
}

/// An answer as it came.
pub(crate) fn answer(first: &str, headers: &[(String, String)], body: &[u8]) -> String {
    let is_told = |(name, _): &&(String, String)| !DULL.contains(&name.as_str());
    let told: Vec<(String, String)> = headers.iter().filter(is_told).cloned().collect();
    message(first, &told, body)
}

fn message(first: &str, headers: &[(String, String)], body: &[u8]) -> String {
    let mut text = format!("{first}\n");
    for (name, value) in headers {
        let is_secret = SECRET
            .iter()
            .any(|secret| name.eq_ignore_ascii_case(secret));
        let value = if is_secret { REDACTED } else { value };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name}: {value}");
    }
    if !body.is_empty() {
        let _ = write!(text, "\n{}", excerpt(body));
    }
    text.truncate(text.trim_end().len());
    text
}

/// The beginning of a body; JSON set out in lines.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let json = serde_json::from_slice::<serde_json::Value>(body);
    let pretty = json
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = pretty.unwrap_or_else(|| {
        let shown = &body[..body.len().min(MOST_BODY * 4)];
        String::from_utf8_lossy(shown).into_owned()
    });
    let mut shown: String = text.chars().take(MOST_BODY).collect();
    if shown.len() < text.len() {
        let _ = write!(shown, "\n… ({} bytes in all)", body.len());
    }
    shown
}
