use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rtest_core::Secrets;
use rtest_core::plan::{AuthPlan, HttpPlan, RequestStep};

/// What no writer may show of a load without a file.
pub(super) fn secrets(request: &RequestStep, http: &HttpPlan) -> Secrets {
    let mut secrets = Secrets::default();
    for (name, value) in &request.headers {
        if Secrets::is_secret_header(name) {
            secrets.add_header(value.source());
        }
    }
    let mut logins = Vec::new();
    match &http.auth {
        Some(AuthPlan::Basic { user, password } | AuthPlan::Digest { user, password }) => {
            logins.push((user.source(), password.source()));
        }
        Some(AuthPlan::Bearer(token)) => secrets.add(token.source()),
        None => {}
    }
    let proxy = http.proxy.as_ref().and_then(|proxy| proxy.login.as_ref());
    logins.extend(proxy.map(|(user, password)| (user.as_str(), password.as_str())));
    for (user, password) in logins {
        secrets.add(password);
        // As the header carries it.
        secrets.add(&STANDARD.encode(format!("{user}:{password}")));
    }
    secrets
}
