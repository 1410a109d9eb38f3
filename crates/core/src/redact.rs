use std::borrow::Cow;

/// What stands where a secret stood.
pub const REDACTED: &str = "[redacted]";

/// The values that no writer may let through: terminal, log, report and record all pass their
/// text through [`Secrets::redact`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    /// Longest first, so that a secret that contains another is replaced whole.
    values: Vec<String>,
}

impl Secrets {
    /// Whether an environment variable of this name holds a secret, by the words people use.
    pub fn is_secret_name(name: &str) -> bool {
        let name = name.to_ascii_uppercase();
        [
            "PASSWORD",
            "PASSWD",
            "SECRET",
            "TOKEN",
            "CREDENTIAL",
            "PRIVATE",
            "API_KEY",
            "BEARER",
            "JWT",
            "APIKEY",
            "ACCESS_KEY",
        ]
        .iter()
        .any(|word| name.contains(word))
    }

    /// Whether a header of this name is never shown.
    pub fn is_secret_header(name: &str) -> bool {
        [
            "authorization",
            "proxy-authorization",
            "cookie",
            "set-cookie",
            "x-api-key",
        ]
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
            || Self::is_secret_name(name)
    }

    /// Adds a value, and each line of it: logs are written line by line. Values under four bytes
    /// are left out: replacing them would garble the text and hide nothing.
    pub fn add(&mut self, value: &str) {
        self.add_one(value);
        for line in value.lines() {
            self.add_one(line.trim());
        }
    }

    /// Adds the value of a header: the whole of it, and what follows `Bearer ` or `Basic `.
    pub fn add_header(&mut self, value: &str) {
        self.add(value);
        if let Some((_, token)) = value.split_once(' ') {
            self.add(token.trim());
        }
    }

    fn add_one(&mut self, value: &str) {
        if value.len() >= 4 && !self.values.iter().any(|known| known == value) {
            self.values.push(value.to_owned());
            self.values
                .sort_by_key(|value| std::cmp::Reverse(value.len()));
        }
    }

    /// The text without any secret value and without passwords in URLs.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut out = Cow::Borrowed(text);
        for secret in &self.values {
            if out.contains(secret.as_str()) {
                out = Cow::Owned(out.replace(secret.as_str(), REDACTED));
            }
        }
        match redact_url_passwords(&out) {
            Some(clean) => Cow::Owned(clean),
            None => out,
        }
    }
}

/// `scheme://user:password@host` → `scheme://user:[redacted]@host`; `None` when there is none.
fn redact_url_passwords(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(scheme) = rest.find("://") {
        let (head, tail) = rest.split_at(scheme + 3);
        out.push_str(head);
        let end = tail
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>')
            })
            .unwrap_or(tail.len());
        let (authority, after) = tail.split_at(end);
        match authority
            .rsplit_once('@')
            .and_then(|(login, host)| Some((login.split_once(':')?, host)))
        {
            Some(((user, _), host)) => {
                found = true;
                out.push_str(user);
                out.push(':');
                out.push_str(REDACTED);
                out.push('@');
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        rest = after;
    }
    out.push_str(rest);
    found.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_and_url_passwords_never_come_through() {
        let mut secrets = Secrets::default();
        secrets.add("hunter2");
        secrets.add("hunter2-longer");
        assert_eq!(
            secrets.redact("a hunter2-longer b hunter2"),
            "a [redacted] b [redacted]"
        );
        assert_eq!(
            secrets.redact("postgres://app:s3cret@db:5432/x and http://h/a@b:c"),
            "postgres://app:[redacted]@db:5432/x and http://h/a@b:c"
        );
        assert!(matches!(secrets.redact("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn secret_names_are_recognised() {
        for name in ["DB_PASSWORD", "GITHUB_TOKEN", "aws_secret_access_key"] {
            assert!(Secrets::is_secret_name(name), "{name}");
        }
        assert!(!Secrets::is_secret_name("PORT"));
        assert!(Secrets::is_secret_header("Set-Cookie"));
        assert!(!Secrets::is_secret_header("Content-Type"));
    }
}
