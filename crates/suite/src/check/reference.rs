//! References that leave the suite: addresses and files.

use std::path::{Component, Path, PathBuf};

use rtest_core::plan::{ServicePlan, Target};
use rtest_core::{Code, Diagnostic, HttpUrl, Scheme};

use crate::check::Context;
use crate::diagnostics::Diagnostics;
use crate::shape::{Field, quoted_list};
use crate::spanned::Spanned;

/// A service's name or an `http://` URL.
pub(super) fn target(text: &Spanned<String>, cx: &mut Context<'_>) -> Option<Target> {
    if !text.value.contains("://") {
        if text.value.contains([':', '/', '.']) && !cx.services.has(&text.value) {
            cx.found.add(
                Diagnostic::new(
                    Code::BadTarget,
                    format!("`{}` is neither a service's name nor a URL", text.value),
                )
                .at(&text.span)
                .hint(format!(
                    "did you mean `http://{}`?",
                    text.value.trim_start_matches('/')
                )),
            );
            return None;
        }
        return cx
            .services
            .named(&text.value, &text.span, cx.found)
            .map(Target::Service);
    }
    let (scheme, authority, base_path) = http_address(&text.value, text, cx.found)?;
    Some(Target::Address {
        scheme,
        authority,
        base_path,
    })
}

/// The `host:port` of an external service, written so or as `http://host[:port]`.
pub(super) fn external_address(text: &Spanned<String>, found: &mut Diagnostics) -> Option<String> {
    let has_scheme = text.value.contains("://");
    let has_port = text
        .value
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if !has_scheme && !has_port {
        found.add(
            Diagnostic::new(Code::BadTarget, format!("`{}` has no port", text.value))
                .at(&text.span)
                .hint("write `host:port` or `http://host[:port]`"),
        );
        return None;
    }
    let url = if has_scheme {
        text.value.clone()
    } else {
        format!("http://{}", text.value)
    };
    let (scheme, authority, base_path) = http_address(&url, text, found)?;
    if scheme == Scheme::Https {
        found.add(
            Diagnostic::new(
                Code::BadTarget,
                "an external service is reached over `http`",
            )
            .at(&text.span)
            .hint("write `host:port`; a load's `target` may be `https`"),
        );
        return None;
    }
    if !base_path.is_empty() {
        found.add(
            Diagnostic::new(Code::BadTarget, "an external service has no path")
                .at(&text.span)
                .hint(format!(
                    "write `{authority}`, and the path where it is called"
                )),
        );
        return None;
    }
    Some(authority)
}

/// Scheme, `host:port` and base path of a URL.
pub(super) fn http_address(
    url: &str,
    text: &Spanned<String>,
    found: &mut Diagnostics,
) -> Option<(Scheme, String, String)> {
    let mut refuse = |message: String, hint: &str| {
        found.add(
            Diagnostic::new(Code::BadTarget, message)
                .at(&text.span)
                .hint(hint),
        );
        None
    };
    match HttpUrl::parse(url) {
        Ok(HttpUrl { query: Some(_), .. }) => refuse(
            "a target holds no query".to_owned(),
            "write `http://host[:port]`",
        ),
        Ok(url) => {
            let base_path = url.path.trim_end_matches('/').to_owned();
            Some((url.scheme, url.authority, base_path))
        }
        Err(error) => refuse(error.message, error.hint),
    }
}

/// What a path must lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Existing {
    File,
    Folder,
    Either,
}

/// The path, made from the suite file's folder, if something of the kind is there.
pub(super) fn path(
    text: &Spanned<String>,
    kind: Existing,
    cx: &mut Context<'_>,
) -> Option<PathBuf> {
    let path = from_base(cx.base, &text.value);
    let (there, what) = match kind {
        Existing::File => (path.is_file(), "file"),
        Existing::Folder => (path.is_dir(), "folder"),
        Existing::Either => (path.is_file() || path.is_dir(), "file or folder"),
    };
    if there {
        return Some(path);
    }
    let message = if path.exists() {
        format!("`{}` is not a {what}", text.value)
    } else {
        format!("there is no {what} `{}`", text.value)
    };
    cx.found.add(
        Diagnostic::new(Code::MissingFile, message)
            .at(&text.span)
            .hint("paths are relative to the suite file"),
    );
    None
}

/// `suites` and `../fixtures/pacts` are shown as `fixtures/pacts`, unless a symbolic link makes that
/// another place.
fn from_base(base: &Path, path: &str) -> PathBuf {
    let joined = base.join(path);
    let mut short = PathBuf::new();
    for part in joined.components() {
        match part {
            Component::ParentDir
                if matches!(short.components().next_back(), Some(Component::Normal(_))) =>
            {
                short.pop();
            }
            Component::CurDir => {}
            part => short.push(part),
        }
    }
    match (short.canonicalize(), joined.canonicalize()) {
        (Ok(one), Ok(other)) if one == other => short,
        _ => joined,
    }
}

/// A service that speaks the protocol.
pub(super) fn speaking(
    field: &Field<String>,
    protocol: &str,
    services: &[ServicePlan],
    cx: &mut Context<'_>,
) -> Option<String> {
    let name: &Spanned<String> = field.spanned()?;
    let known = cx.services.named(&name.value, &name.span, cx.found)?;
    let service = services.iter().find(|it| it.name == known);
    let spoken = service.map(|it| it.protocol.name());
    if spoken.is_none_or(|spoken| spoken == protocol) {
        return Some(known);
    }
    let fitting = services.iter();
    let fitting = fitting.filter(|it| it.protocol.name() == protocol);
    let fitting: Vec<&str> = fitting.map(|it| it.name.as_str()).collect();
    let diagnostic = Diagnostic::new(
        Code::BadTarget,
        format!("`{known}` does not speak {protocol}"),
    )
    .at(&name.span);
    cx.found.add(diagnostic.hint(if fitting.is_empty() {
        format!("a service speaks it by `protocol: {protocol}`")
    } else {
        format!("those that do are {}", quoted_list(fitting))
    }));
    None
}
