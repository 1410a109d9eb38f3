//! Parsing and changing URLs by WHATWG's URL Standard. A URL comes back as its text and where its
//! parts begin and end in it, as Node's `internal/url` wants them.

use rquickjs::{Array, Ctx, Result};
use url::{Position, Url, quirks};

use super::Functions;

pub(super) fn add(functions: &Functions<'_>) -> Result<()> {
    functions.add("parse", parse_parts)?;
    functions.add("canParse", |input: String, base: Option<String>| {
        parse(&input, base.as_deref()).is_some()
    })?;
    functions.add("update", update_parts)?;
    functions.add("format", format)?;
    functions.add("domainToASCII", |domain: String| host_of(&domain))?;
    functions.add("domainToUnicode", |domain: String| {
        idna::domain_to_unicode(&host_of(&domain)).0
    })?;
    functions.add("toASCII", |domain: String| {
        idna::domain_to_ascii(&domain).unwrap_or_default()
    })
}

fn parse_parts<'js>(
    ctx: Ctx<'js>,
    input: String,
    base: Option<String>,
) -> Result<Option<Array<'js>>> {
    parse(&input, base.as_deref())
        .map(|url| parts(&ctx, &url))
        .transpose()
}

fn update_parts<'js>(
    ctx: Ctx<'js>,
    href: String,
    part: String,
    value: String,
) -> Result<Option<Array<'js>>> {
    parse(&href, None)
        .and_then(|url| update(url, &part, &value))
        .map(|url| parts(&ctx, &url))
        .transpose()
}

fn parse(input: &str, base: Option<&str>) -> Option<Url> {
    let Some(base) = base else {
        return Url::parse(input).ok();
    };
    let base = Url::parse(base).ok()?;
    // However many slashes there are before a host, the standard passes over them; the crate does
    // so only behind a scheme.
    let trimmed = input.trim_start_matches(|c: char| c <= ' ');
    let host = trimmed.trim_start_matches(['/', '\\']);
    let is_web = scheme_type(base.scheme()) != NOT_SPECIAL && base.scheme() != "file";
    if is_web && trimmed.len() - host.len() > 2 {
        return base.join(&format!("//{host}")).ok();
    }
    base.join(input).ok()
}

/// The URL with one part changed as its setter changes it; none where the setter does nothing.
fn update(mut url: Url, part: &str, value: &str) -> Option<Url> {
    match part {
        "protocol" if becomes_file(&url, value) => {
            let rest = &url[Position::AfterScheme..];
            return parse(&format!("file{rest}"), None);
        }
        "protocol" => quirks::set_protocol(&mut url, value).ok()?,
        "host" => quirks::set_host(&mut url, value).ok()?,
        "hostname" => quirks::set_hostname(&mut url, value).ok()?,
        "port" => quirks::set_port(&mut url, value).ok()?,
        "username" => quirks::set_username(&mut url, value).ok()?,
        "password" => quirks::set_password(&mut url, value).ok()?,
        "pathname" => quirks::set_pathname(&mut url, value),
        "search" => quirks::set_search(&mut url, value),
        "hash" => quirks::set_hash(&mut url, value),
        "href" => return parse(value, None),
        _ => return None,
    }
    Some(url)
}

/// Whether a URL is to be one of a file, and may: the crate refuses it where there is a host.
fn becomes_file(url: &Url, protocol: &str) -> bool {
    let is_file = protocol
        .split(':')
        .next()
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("file"));
    let has_more = url.port().is_some() || !url.username().is_empty() || url.password().is_some();
    is_file && !has_more && scheme_type(url.scheme()) != NOT_SPECIAL && url.scheme() != "file"
}

/// Stands for a part that is not there.
const OMITTED: f64 = u32::MAX as f64;

/// `[href, protocol_end, username_end, host_start, host_end, port, pathname_start, search_start,
/// hash_start, scheme_type]`, as Ada has them.
fn parts<'js>(ctx: &Ctx<'js>, url: &Url) -> Result<Array<'js>> {
    let at = |position: Position| url[..position].len() as f64;
    let protocol_end = at(Position::AfterScheme) + 1.0;
    let (username_end, host_start, host_end) = if url.has_authority() {
        let has_credentials = url[Position::BeforeUsername..Position::BeforeHost].ends_with('@');
        let host = at(Position::BeforeHost);
        let host_start = if has_credentials { host - 1.0 } else { host };
        (
            at(Position::AfterUsername),
            host_start,
            at(Position::AfterHost),
        )
    } else {
        (protocol_end, protocol_end, protocol_end)
    };
    let optional = |is_there: bool, position| if is_there { at(position) } else { OMITTED };
    let parts = Array::new(ctx.clone())?;
    parts.set(0, url.as_str())?;
    let numbers = [
        protocol_end,
        username_end,
        host_start,
        host_end,
        url.port().map_or(OMITTED, f64::from),
        at(Position::BeforePath),
        optional(url.query().is_some(), Position::AfterPath),
        optional(url.fragment().is_some(), Position::AfterQuery),
        scheme_type(url.scheme()),
    ];
    for (index, number) in numbers.into_iter().enumerate() {
        parts.set(index + 1, number)?;
    }
    Ok(parts)
}

const NOT_SPECIAL: f64 = 1.0;

fn scheme_type(scheme: &str) -> f64 {
    match scheme {
        "http" => 0.0,
        "https" => 2.0,
        "ws" => 3.0,
        "ftp" => 4.0,
        "wss" => 5.0,
        "file" => 6.0,
        _ => NOT_SPECIAL,
    }
}

/// `url.format` with its options.
fn format(href: String, fragment: bool, unicode: bool, search: bool, auth: bool) -> String {
    let Some(mut url) = parse(&href, None) else {
        return href;
    };
    if !fragment {
        url.set_fragment(None);
    }
    if !search {
        url.set_query(None);
    }
    if !auth {
        // Fails where a URL has no host, and so nobody to name.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    if unicode && url.host_str().is_some() {
        let (host, _) = idna::domain_to_unicode(url.host_str().unwrap_or_default());
        let before = &url[..Position::BeforeHost];
        let after = &url[Position::AfterHost..];
        return format!("{before}{host}{after}");
    }
    url.into()
}

/// What a host becomes in a URL; empty where it cannot be in one.
fn host_of(domain: &str) -> String {
    let Some(mut url) = parse("ws://x", None) else {
        return String::new();
    };
    match quirks::set_hostname(&mut url, domain) {
        Ok(()) => url.host_str().unwrap_or_default().to_owned(),
        Err(()) => String::new(),
    }
}
