use rtest_core::Template;
use rtest_core::plan::AuthPlan;

use crate::check::{Context, template};
use crate::file::{Auth, Login};
use crate::shape::Field;
use crate::spanned::Spanned;

/// Authentication as a plan has it. Its holes are checked where requests use it.
pub(super) fn plan(auth: &Auth) -> Option<AuthPlan> {
    let login = |login: &Login| {
        let user = login.user.value()?.clone();
        Some((user, login.password.value()?.clone()))
    };
    if let Some(basic) = auth.basic.value() {
        let (user, password) = login(basic)?;
        Some(AuthPlan::Basic { user, password })
    } else if let Some(digest) = auth.digest.value() {
        let (user, password) = login(digest)?;
        Some(AuthPlan::Digest { user, password })
    } else {
        Some(AuthPlan::Bearer(auth.bearer.value()?.clone()))
    }
}

/// Reports its holes that nothing fills where a request uses it.
pub(super) fn check_holes(auth: &Auth, cx: &mut Context<'_>) {
    let logins = [&auth.basic, &auth.digest]
        .into_iter()
        .filter_map(Field::value);
    let texts: Vec<&Spanned<Template>> = logins
        .flat_map(|login| [&login.user, &login.password])
        .chain([&auth.bearer])
        .filter_map(Field::spanned)
        .collect();
    for text in texts {
        template::check(&text.value, &text.span, cx);
    }
}
