use serde_json::{Map, Value, json};

use crate::args::BrokerArgs;
use crate::exit::Failure;

/// The keys of a broker; none where none was named.
pub(super) fn keys(args: &BrokerArgs) -> Result<Option<Value>, Failure> {
    let Some(url) = &args.broker_url else {
        return Ok(None);
    };
    let authority = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    if authority
        .split('/')
        .next()
        .is_some_and(|it| it.contains('@'))
    {
        // Before the suite's errors show it.
        return Err(Failure::usage(
            "error: the address of a broker holds no user and password\nhint: `--broker-username` and `--broker-password`, or PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD",
        ));
    }
    let mut keys = Map::new();
    let mut set = |key: &str, value: Value| {
        keys.insert(key.to_owned(), value);
    };
    set("url", url.as_str().into());
    for (key, value) in login(args)? {
        set(key, value.into());
    }
    let selectors = selectors(args)?;
    if !selectors.is_empty() {
        set("selectors", selectors.into());
    }
    if args.enable_pending {
        set("pending", true.into());
    }
    if let Some(day) = &args.wip_since {
        set("wip_since", day.as_str().into());
    }
    if let Some(branch) = &args.provider_branch {
        set("provider_branch", branch.as_str().into());
    }
    if !args.provider_tags.is_empty() {
        set("provider_tags", args.provider_tags.clone().into());
    }
    if args.publish {
        let mut publish = Map::new();
        let values = [
            ("version", &args.provider_version),
            ("build_url", &args.build_url),
        ];
        for (key, value) in values {
            if let Some(value) = value {
                publish.insert(key.to_owned(), value.as_str().into());
            }
        }
        set("publish", publish.into());
    }
    Ok(Some(Value::Object(keys)))
}

/// A token, or a user and a password. Values are checked here, for the suite's errors show the line
/// that they stand in; the end of a line that a file or a shell leaves behind is no part of them.
fn login(args: &BrokerArgs) -> Result<Vec<(&'static str, &str)>, Failure> {
    let given = [
        ("token", "broker-token", &args.broker_token),
        ("username", "broker-username", &args.broker_username),
        ("password", "broker-password", &args.broker_password),
    ];
    let mut login = Vec::new();
    for (key, flag, value) in given {
        // A variable that is set to nothing is not set.
        let value = value.as_deref().map(str::trim).unwrap_or_default();
        if !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return Err(Failure::usage(format!(
                "error: the value of `--{flag}` has characters that no header can hold"
            )));
        }
        if !value.is_empty() {
            login.push((key, value));
        }
    }
    let has = |key: &str| login.iter().any(|(it, _)| *it == key);
    if has("token") && (has("username") || has("password")) {
        return Err(Failure::usage(
            "error: a broker is shown a token or a user, not both\nhint: leave out `--broker-token` or `--broker-username`; PACT_BROKER_TOKEN, PACT_BROKER_USERNAME and PACT_BROKER_PASSWORD count too",
        ));
    }
    if has("password") && !has("username") {
        return Err(Failure::usage(
            "error: `--broker-password` needs `--broker-username`",
        ));
    }
    Ok(login)
}

/// Selectors as they were typed, then one for each tag: its latest.
fn selectors(args: &BrokerArgs) -> Result<Vec<Value>, Failure> {
    let typed = args.selectors.iter().map(|selector| {
        serde_json::from_str::<Value>(selector).map_err(|error| {
            Failure::usage(format!(
                "error: `--consumer-version-selector {selector}` is not JSON: {error}\nhint: write '{{\"mainBranch\": true}}'"
            ))
        })
    });
    let tags = args.consumer_tags.iter();
    let tags = tags.map(|tag| Ok(json!({ "tag": tag, "latest": true })));
    typed.chain(tags).collect()
}
