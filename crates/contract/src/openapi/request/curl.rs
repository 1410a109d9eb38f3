use rtest_core::{REDACTED, Secrets};

use super::Wire;
use crate::openapi::operation::{Credential, Location};

/// Longest body that is shown, in characters.
const LONGEST_BODY: usize = 4_000;

/// The request as a command that can be pasted into a shell; what is secret in it is not shown.
pub(crate) fn curl(wire: &Wire, url: &str, secret: &[Credential]) -> String {
    let named = |location: Location, name: &str| {
        let mut secret = secret.iter();
        secret.any(|one| one.location == location && one.name.eq_ignore_ascii_case(name))
    };
    let mut command = match wire.method.as_str() {
        "GET" => "curl".to_owned(),
        // With -X it would wait for a body.
        "HEAD" => "curl --head".to_owned(),
        method => format!("curl -X {method}"),
    };
    let (path, query) = wire.target.split_once('?').unwrap_or((&wire.target, ""));
    let pairs = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            match named(Location::Query, name) {
                true => format!("{name}={REDACTED}"),
                false => pair.to_owned(),
            }
        });
    let query = pairs.collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    command.push_str(&format!(
        " {}",
        quoted(&format!("{url}{path}{mark}{query}"))
    ));
    for (name, value) in &wire.headers {
        let hidden = Secrets::is_secret_header(name) || named(Location::Header, name);
        let value = if hidden { REDACTED } else { value };
        command.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
    }
    match wire.body.as_deref().map(std::str::from_utf8) {
        None => {}
        Some(Ok(text)) if text.chars().count() <= LONGEST_BODY => {
            command.push_str(&format!(" --data-raw {}", quoted(text)));
        }
        Some(_) => {
            let size = wire.body.as_ref().map_or(0, Vec::len);
            command.push_str(&format!(" --data-binary @- # a body of {size} bytes"));
        }
    }
    command
}

/// As one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
