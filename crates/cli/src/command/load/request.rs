use std::sync::Arc;

use rtest_core::expectation::{Expectation, StatusMatch};
use rtest_core::plan::{AuthPlan, Body, CheckPlan, RequestStep};
use rtest_core::{Code, Diagnostic, HttpUrl, Span, Template};

use super::found::{Found, bad, positive};
use crate::args::RequestArgs;

/// What is sent, and what must come back.
pub(super) fn request(
    url: Option<&HttpUrl>,
    args: &RequestArgs,
    found: &mut Found,
) -> Option<RequestStep> {
    let headers = found.keep_all(args.headers.iter().map(|text| header(text)));
    let body = found.keep(body(args));
    let timeout = found.keep(positive("--timeout", &args.timeout));
    let checks = args.expect_status.as_deref().map(status_check);
    let checks = found.keep_all(checks);
    let (url, body) = (url?, body?);
    let usual = if body == Body::Empty { "GET" } else { "POST" };
    let method = args.method.as_deref().unwrap_or(usual);
    Some(RequestStep {
        endpoint: url.path.clone(),
        headers,
        body,
        checks,
        redirects: args.redirects,
        ..RequestStep::new(
            &method.to_ascii_uppercase(),
            literal(&url.path_and_query()),
            timeout?,
        )
    })
}

/// Who the requests say that they come from.
pub(super) fn auth(args: &RequestArgs, found: &mut Found) -> Option<AuthPlan> {
    if let Some(token) = &args.bearer {
        return Some(AuthPlan::Bearer(literal(token)));
    }
    let login = args.user.as_deref()?;
    let Some((user, password)) = login.split_once(':') else {
        found.refuse(
            "--user",
            login,
            "the password is missing",
            "write --user NAME:PASSWORD",
        );
        return None;
    };
    let (user, password) = (literal(user), literal(password));
    Some(if args.digest {
        AuthPlan::Digest { user, password }
    } else {
        AuthPlan::Basic { user, password }
    })
}

fn header(text: &str) -> Result<(String, Template), Diagnostic> {
    match text.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), literal(value.trim())))
        }
        _ => Err(bad(
            "--header",
            text,
            format!("`{text}` is not a header"),
            "write 'Name: value'",
        )),
    }
}

/// The body; clap lets no more than one of the flags through.
fn body(args: &RequestArgs) -> Result<Body, Diagnostic> {
    if let Some(json) = &args.json {
        serde_json::from_str::<serde_json::Value>(json).map_err(|error| {
            bad(
                "--json",
                json,
                format!("the body is not JSON: {error}"),
                "quote it for the shell: --json '{\"name\": \"Surya\"}'",
            )
        })?;
        Ok(Body::Json(literal(json)))
    } else if let Some(text) = &args.body {
        Ok(Body::Text(literal(text)))
    } else if let Some(path) = &args.body_file {
        let bytes = std::fs::read(path).map_err(|error| {
            let shown = path.display().to_string();
            Diagnostic::new(Code::MissingFile, format!("{shown}: {error}"))
                .at(&Span::of_flag("--body-file", &shown))
        })?;
        Ok(Body::File(Arc::from(bytes)))
    } else if args.form.is_empty() {
        Ok(Body::Empty)
    } else {
        let fields = args.form.iter();
        let fields = fields.map(|(name, value)| (name.clone(), literal(value)));
        Ok(Body::Form(fields.collect()))
    }
}

/// `200`, `2xx`, `200,204`.
fn status_check(text: &str) -> Result<CheckPlan, Diagnostic> {
    let wrong = || {
        let message = format!("`{text}` is no status");
        bad(
            "--expect-status",
            text,
            message,
            "write 200, 2xx or 200,204",
        )
    };
    let status = match text.strip_suffix("xx") {
        Some(hundred) => {
            let hundred: u16 = hundred.parse().map_err(|_| wrong())?;
            StatusMatch::Class(
                Some(hundred)
                    .filter(|it| (1..=5).contains(it))
                    .ok_or_else(wrong)?,
            )
        }
        None => {
            let codes = text.split(',').map(|code| code.trim().parse().ok());
            let codes = codes.map(|code| code.filter(|code| (100..=599).contains(code)));
            StatusMatch::AnyOf(codes.collect::<Option<_>>().ok_or_else(wrong)?)
        }
    };
    let expectation = Expectation::Status(status);
    Ok(CheckPlan {
        name: expectation.to_string(),
        expectation,
        span: Span::of_flag("--expect-status", text),
    })
}

/// Flags hold no templates: `{{` on a command line is text.
fn literal(text: &str) -> Template {
    Template::literal(text)
}
