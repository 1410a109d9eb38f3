use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::HeaderValue;
use rtest_core::Template;
use rtest_core::plan::AuthPlan;

/// How a step's requests prove who sends them; `T` is a text with holes, compiled.
#[derive(Debug)]
pub(crate) enum Auth<T> {
    /// RFC 7617.
    Basic {
        /// The user.
        user: T,
        /// The password.
        password: T,
    },
    /// RFC 6750.
    Bearer(T),
    /// RFC 7616.
    Digest {
        /// The user.
        user: T,
        /// The password.
        password: T,
    },
}

/// What proves it in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Its `authorization`.
    Header(HeaderValue),
    /// What the target's challenge is answered with.
    Login(Login),
}

/// A user and a password; never shown.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    /// The user.
    pub(crate) user: String,
    /// The password.
    pub(crate) password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

impl<T> Auth<T> {
    /// Compiles the texts of a plan.
    ///
    /// # Errors
    /// The first text's that cannot be compiled.
    pub(crate) fn compile<E>(
        plan: &AuthPlan,
        mut text: impl FnMut(&Template) -> Result<T, E>,
    ) -> Result<Self, E> {
        Ok(match plan {
            AuthPlan::Basic { user, password } => Self::Basic {
                user: text(user)?,
                password: text(password)?,
            },
            AuthPlan::Bearer(token) => Self::Bearer(text(token)?),
            AuthPlan::Digest { user, password } => Self::Digest {
                user: text(user)?,
                password: text(password)?,
            },
        })
    }

    /// Its texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &T> {
        let (first, second) = match self {
            Self::Basic { user, password } | Self::Digest { user, password } => {
                (user, Some(password))
            }
            Self::Bearer(token) => (token, None),
        };
        std::iter::once(first).chain(second)
    }

    /// What proves it in one request, whose values fill the texts.
    ///
    /// # Errors
    /// In plain words and without the values, why it cannot be sent.
    pub(crate) fn fill<'a>(
        &'a self,
        mut text: impl FnMut(&'a T) -> Result<Cow<'a, str>, String>,
    ) -> Result<Proof, String> {
        Ok(match self {
            Self::Basic { user, password } => Proof::Header(basic(&text(user)?, &text(password)?)?),
            Self::Bearer(token) => Proof::Header(secret(&format!("Bearer {}", text(token)?))?),
            Self::Digest { user, password } => Proof::Login(Login {
                user: text(user)?.into_owned(),
                password: text(password)?.into_owned(),
            }),
        })
    }
}

/// In UTF-8, as browsers send it.
fn basic(user: &str, password: &str) -> Result<HeaderValue, String> {
    if user.contains(':') {
        return Err("basic authentication knows no user with a colon in its name".to_owned());
    }
    let encoded = STANDARD.encode(format!("{user}:{password}"));
    secret(&format!("Basic {encoded}"))
}

/// An `authorization` that is never shown.
///
/// # Errors
/// It holds a control character.
pub(super) fn secret(text: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| "the value of `authorization` holds a control character".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(plan: &AuthPlan) -> Result<Proof, String> {
        let auth = Auth::compile(plan, |text| Ok::<_, String>(text.source().to_owned()))?;
        auth.fill(|text| Ok(Cow::Borrowed(text)))
    }

    fn basic(user: &str, password: &str) -> AuthPlan {
        AuthPlan::Basic {
            user: Template::literal(user),
            password: Template::literal(password),
        }
    }

    #[test]
    fn headers_are_as_their_rfcs_have_them_and_never_shown() {
        // RFC 7617, 2 and 2.1; RFC 6750, 2.1.
        for (plan, expected) in [
            (
                basic("Aladdin", "open sesame"),
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            ),
            (basic("test", "123\u{a3}"), "Basic dGVzdDoxMjPCow=="),
            (
                AuthPlan::Bearer(Template::literal("mF_9.B5f-4.1JqM")),
                "Bearer mF_9.B5f-4.1JqM",
            ),
        ] {
            let proof = fill(&plan).expect(expected);
            let shown = format!("{proof:?}");
            assert!(!shown.contains(&expected[8..]), "{shown}");
            let Proof::Header(header) = proof else {
                panic!("{proof:?} is not a header");
            };
            assert_eq!(header, expected);
        }
        let digest = AuthPlan::Digest {
            user: Template::literal("Mufasa"),
            password: Template::literal("Circle of Life"),
        };
        assert_eq!(format!("{:?}", fill(&digest)), "Ok(Login(Login { .. }))");
    }

    #[test]
    fn what_cannot_be_sent_is_told_without_it() {
        let token = AuthPlan::Bearer(Template::literal("s3cret\n"));
        for plan in [token, basic("s3cret:", "s3cret")] {
            let error = fill(&plan).expect_err("cannot be sent");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
