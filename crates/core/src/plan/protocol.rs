//! What is spoken with a service: it decides how its URL is written, how it is asked whether it
//! is ready, how its data is reset, and what is watched in it.

/// What is spoken with a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP, or anything that nothing more is known of.
    #[default]
    Http,
    /// Postgres, and with which login.
    Postgres(PostgresLogin),
    /// Redis, and its password where it asks for one.
    Redis {
        /// The password.
        password: Option<String>,
    },
    /// Kafka.
    Kafka,
}

/// Who logs in to a Postgres server, and to which database.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresLogin {
    /// The user.
    pub user: String,
    /// The password, where one is asked for.
    pub password: Option<String>,
    /// The database.
    pub database: String,
}

impl Protocol {
    /// The names in a suite.
    pub const NAMES: [&'static str; 4] = ["http", "postgres", "redis", "kafka"];

    /// The name in a suite.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Postgres(_) => "postgres",
            Self::Redis { .. } => "redis",
            Self::Kafka => "kafka",
        }
    }

    /// The port that such a service listens on by custom.
    pub const fn port(&self) -> Option<u16> {
        match self {
            Self::Http => None,
            Self::Postgres(_) => Some(5432),
            Self::Redis { .. } => Some(6379),
            Self::Kafka => Some(9092),
        }
    }

    /// The URL of such a service at `authority`, with all that a client needs to log in. Kafka
    /// has none: its clients are given `host:port`.
    pub fn url(&self, authority: &str) -> String {
        match self {
            Self::Http => format!("http://{authority}"),
            Self::Postgres(login) => {
                let password = match &login.password {
                    Some(password) => format!(":{}", percent_encoded(password)),
                    None => String::new(),
                };
                let user = percent_encoded(&login.user);
                let database = percent_encoded(&login.database);
                format!("postgres://{user}{password}@{authority}/{database}")
            }
            Self::Redis { password: None } => format!("redis://{authority}"),
            Self::Redis {
                password: Some(password),
            } => format!("redis://:{}@{authority}", percent_encoded(password)),
            Self::Kafka => authority.to_owned(),
        }
    }
}

/// Without the password.
impl std::fmt::Debug for PostgresLogin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresLogin")
            .field("user", &self.user)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// The text as a part of a URL: everything but letters, digits and `-._~` is encoded.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_all_that_a_client_needs() {
        let login = |password: Option<&str>| {
            Protocol::Postgres(PostgresLogin {
                user: "shop".to_owned(),
                password: password.map(str::to_owned),
                database: "orders".to_owned(),
            })
        };
        let at = "127.0.0.1:4000";
        for (protocol, url) in [
            (Protocol::Http, "http://127.0.0.1:4000"),
            (login(None), "postgres://shop@127.0.0.1:4000/orders"),
            (
                login(Some("p@ss/w:rd")),
                "postgres://shop:p%40ss%2Fw%3Ard@127.0.0.1:4000/orders",
            ),
            (Protocol::Redis { password: None }, "redis://127.0.0.1:4000"),
            (
                Protocol::Redis {
                    password: Some("s".to_owned()),
                },
                "redis://:s@127.0.0.1:4000",
            ),
            (Protocol::Kafka, "127.0.0.1:4000"),
        ] {
            assert_eq!(protocol.url(at), url);
        }
    }

    #[test]
    fn a_login_is_shown_without_its_password() {
        let login = PostgresLogin {
            user: "shop".to_owned(),
            password: Some("hunter2".to_owned()),
            database: "orders".to_owned(),
        };
        assert!(!format!("{login:?}").contains("hunter2"));
    }
}
