//! What a plan holds that no writer may show.

use rtest_core::plan::{
    AuthPlan, BrokerLogin, ContractKind, ContractPlan, ContractSource, LoadPlan, PactPlan,
    RequestStep, Step, StepKind,
};
use rtest_core::{Secrets, Template};

/// Adds passwords, tokens, private keys, and the values of headers that hold secrets by their
/// names. Other fields are left alone: the value of a `token_type` is a word that reports need.
pub(crate) fn gather(load: &LoadPlan, secrets: &mut Secrets) {
    let http = &load.http;
    if let Some(client) = &http.tls.client {
        add_key(&client.key, secrets);
    }
    if let Some((_, password)) = http.proxy.as_ref().and_then(|proxy| proxy.login.as_ref()) {
        secrets.add(password);
    }
    if let Some(auth) = &http.auth {
        add_auth(auth, secrets);
    }
    let scenarios = load
        .scenarios
        .iter()
        .flat_map(|scenario| [&scenario.before, &scenario.flow, &scenario.after]);
    for steps in [&load.setup, &load.teardown].into_iter().chain(scenarios) {
        add_steps(steps, secrets);
    }
}

/// Adds what requests of contracts carry that no writer may show.
pub(crate) fn gather_contracts(contracts: &[ContractPlan], secrets: &mut Secrets) {
    for contract in contracts {
        if let Some(client) = &contract.tls.client {
            add_key(&client.key, secrets);
        }
        for (name, value) in &contract.headers {
            if Secrets::is_secret_header(name) {
                secrets.add_header(value);
            }
        }
        if let ContractKind::Pact(PactPlan {
            source: ContractSource::Broker(broker),
            ..
        }) = &contract.kind
        {
            match &broker.login {
                Some(BrokerLogin::Basic { password, .. }) => secrets.add(password),
                Some(BrokerLogin::Token(token)) => secrets.add(token),
                None => {}
            }
        }
    }
}

fn add_steps(steps: &[Step], secrets: &mut Secrets) {
    for step in steps {
        if let StepKind::Request(request) = &step.kind {
            add_request(request, secrets);
        }
        for steps in step.kind.children() {
            add_steps(steps, secrets);
        }
    }
}

fn add_request(request: &RequestStep, secrets: &mut Secrets) {
    if let Some(auth) = &request.auth {
        add_auth(auth, secrets);
    }
    for (name, value) in &request.headers {
        if Secrets::is_secret_header(name) {
            add_header(value, secrets);
        }
    }
}

fn add_header(value: &Template, secrets: &mut Secrets) {
    let source = value.source();
    match source.find("{{") {
        None => secrets.add_header(source),
        Some(hole) => {
            // The scheme before a token is no secret.
            let scheme = source[..hole].find(' ').map_or(0, |space| space + 1);
            add_literals(&source[scheme..], secrets);
        }
    }
}

fn add_auth(auth: &AuthPlan, secrets: &mut Secrets) {
    match auth {
        AuthPlan::Basic { password, .. } | AuthPlan::Digest { password, .. } => {
            add(password, secrets);
        }
        AuthPlan::Bearer(token) => add(token, secrets),
    }
}

fn add(value: &Template, secrets: &mut Secrets) {
    add_literals(value.source(), secrets);
}

/// The text around holes; what fills them is not known yet.
fn add_literals(source: &str, secrets: &mut Secrets) {
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{") {
        secrets.add(before.trim());
        rest = after.split_once("}}").map_or("", |(_, after)| after);
    }
    secrets.add(rest.trim());
}

/// The lines of a PEM file that tell something.
fn add_key(pem: &[u8], secrets: &mut Secrets) {
    let text = String::from_utf8_lossy(pem);
    for line in text.lines().filter(|line| !line.starts_with("-----")) {
        secrets.add(line.trim());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_header_with_holes_the_text_around_them_is_secret() {
        for (value, text, shown) in [
            ("Bearer s3cret", "Bearer s3cret", "[redacted]"),
            (
                "Bearer {{ token }}",
                "Bearer {{ token }} 7",
                "Bearer {{ token }} 7",
            ),
            (
                "key-{{ vu }}-tail",
                "key-7-tail vu }}",
                "[redacted]7[redacted] vu }}",
            ),
            ("Token k3y-{{ vu }}", "Token k3y-7", "Token [redacted]7"),
        ] {
            let mut secrets = Secrets::default();
            add_header(&Template::parse(value).expect(value), &mut secrets);
            assert_eq!(secrets.redact(text), shown, "{value}");
        }
    }
}
