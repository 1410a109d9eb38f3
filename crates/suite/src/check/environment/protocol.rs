use rtest_core::plan::{PostgresLogin, Protocol};
use rtest_core::{Code, Diagnostic, Template};
use url::Url;

use crate::check::Context;
use crate::check::reference::external_address;
use crate::diagnostics::Diagnostics;
use crate::file::{Container, Service};
use crate::shape::Field;
use crate::spanned::Spanned;

/// What an external service's address says of it; absent where it cannot be read.
pub(super) type External = Option<Known>;

/// Where an external service is, and what it speaks.
pub(super) struct Known {
    /// `host:port`.
    pub(super) address: String,
    /// Absent where the address does not say.
    protocol: Option<Protocol>,
}

/// Reads the address of an external service.
pub(super) fn external(text: &Spanned<String>, found: &mut Diagnostics) -> External {
    let scheme = text.value.split_once("://").map(|(scheme, _)| scheme);
    let is_store = matches!(scheme, Some("postgres" | "postgresql" | "redis" | "kafka"));
    if !is_store {
        let address = external_address(text, found)?;
        return Some(Known {
            address,
            protocol: None,
        });
    }
    let store = store(&text.value);
    if store.is_none() {
        found.add(
            Diagnostic::new(Code::BadTarget, "this is not the URL of a store")
                .at(&text.span)
                .hint("write `postgres://USER@HOST:PORT/DATABASE`, `redis://HOST:PORT` or `kafka://HOST:PORT`"),
        );
    }
    store
}

fn store(text: &str) -> External {
    let url = Url::parse(text).ok()?;
    let decoded = |text: &str| {
        let decoded = percent_encoding::percent_decode_str(text)
            .decode_utf8()
            .ok();
        decoded.map(|text| text.into_owned())
    };
    let user = decoded(url.username())?;
    let password = match url.password() {
        Some(password) => Some(decoded(password)?),
        None => None,
    };
    let path = decoded(url.path().trim_start_matches('/'))?;
    let protocol = match url.scheme() {
        "redis" => Protocol::Redis { password },
        "kafka" => Protocol::Kafka,
        _ => {
            let user = if user.is_empty() {
                "postgres".to_owned()
            } else {
                user
            };
            let database = if path.is_empty() { user.clone() } else { path };
            Protocol::Postgres(PostgresLogin {
                user,
                password,
                database,
            })
        }
    };
    let port = url.port().or(protocol.port())?;
    Some(Known {
        address: format!("{}:{port}", url.host_str()?),
        protocol: Some(protocol),
    })
}

/// The password of a Postgres in a container that is given none: its image does not start without.
const PASSWORD: &str = "rtest";

/// What a service speaks: as the suite says, or as its image or URL says. What its image cannot do
/// without is added to `env`.
pub(super) fn check(
    service: &Service,
    env: &mut Vec<(String, Template)>,
    external: Option<&External>,
    cx: &mut Context<'_>,
) -> Option<Protocol> {
    let named = match &service.protocol {
        Field::Faulty(_) => return None,
        Field::Given(entry) => Some(entry.value.value.0.0),
        Field::Absent => None,
    };
    if let Some(external) = external
        && let Some(protocol) = &external.as_ref()?.protocol
    {
        if let Some(entry) = service.protocol.entry()
            && entry.value.value.0.0 != protocol.name()
        {
            cx.found.add(
                Diagnostic::new(
                    Code::NotExactlyOne,
                    format!("the URL says that it speaks {}", protocol.name()),
                )
                .at(&entry.value.span)
                .hint("remove `protocol`"),
            );
        }
        return Some(protocol.clone());
    }
    let by_image = service.container.value().and_then(image).map(by_image);
    Some(match named.or(by_image).unwrap_or("http") {
        "postgres" => {
            let has = |name: &str| env.iter().any(|(known, _)| known == name);
            let lets_in = ["POSTGRES_PASSWORD", "POSTGRES_HOST_AUTH_METHOD"];
            if !service.container.is_absent() && !lets_in.into_iter().any(has) {
                env.push(("POSTGRES_PASSWORD".to_owned(), Template::literal(PASSWORD)));
            }
            Protocol::Postgres(login(env, cx)?)
        }
        "redis" => Protocol::Redis {
            password: constant("REDIS_PASSWORD", env, cx)?,
        },
        "kafka" => Protocol::Kafka,
        _ => Protocol::Http,
    })
}

fn image(container: &Container) -> Option<&str> {
    match container {
        Container::Image(image) => Some(&image.value),
        Container::Keys(keys) => keys.image.value().map(String::as_str),
    }
}

/// What the images of this name speak: `postgis/postgis:15-3.4` is a Postgres.
fn by_image(image: &str) -> &'static str {
    let name = image.split('@').next().unwrap_or(image);
    let name = name.rsplit('/').next().unwrap_or(name);
    let name = name.split(':').next().unwrap_or(name);
    match name {
        "postgres" | "postgresql" | "postgis" | "pgvector" | "timescaledb" | "timescaledb-ha" => {
            "postgres"
        }
        "redis" | "redis-stack-server" | "valkey" | "dragonfly" => "redis",
        "kafka" | "kafka-native" | "cp-kafka" | "redpanda" => "kafka",
        _ => "http",
    }
}

/// The login that the official image makes of these variables.
fn login(env: &[(String, Template)], cx: &mut Context<'_>) -> Option<PostgresLogin> {
    let user = constant("POSTGRES_USER", env, cx)?;
    let user = user.unwrap_or_else(|| "postgres".to_owned());
    let database = constant("POSTGRES_DB", env, cx)?;
    Some(PostgresLogin {
        password: constant("POSTGRES_PASSWORD", env, cx)?,
        database: database.unwrap_or_else(|| user.clone()),
        user,
    })
}

/// The value of a variable, which must be known before anything starts. The inner `None` where it
/// is not set.
fn constant(
    name: &str,
    env: &[(String, Template)],
    cx: &mut Context<'_>,
) -> Option<Option<String>> {
    let Some((_, value)) = env.iter().find(|(known, _)| known == name) else {
        return Some(None);
    };
    match value.render(|_| None) {
        Ok(text) => Some(Some(text.into_owned())),
        Err(hole) => {
            cx.found.add(Diagnostic::new(
                Code::UnknownVariable,
                format!("{hole}: `{name}` is needed before any service runs"),
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_says_what_it_speaks() {
        for (image, speaks) in [
            ("postgres:15", "postgres"),
            (
                "registry.example:5000/library/postgres@sha256:00",
                "postgres",
            ),
            ("postgis/postgis:15-3.4", "postgres"),
            ("redis", "redis"),
            ("apache/kafka:3.9.0", "kafka"),
            ("postgres-exporter", "http"),
            ("acme/api:1", "http"),
        ] {
            assert_eq!(by_image(image), speaks, "{image}");
        }
    }

    #[test]
    fn the_url_of_a_store_says_all() {
        let store = |url: &str| {
            let known = store(url)?;
            Some((known.address.clone(), known.protocol?.url(&known.address)))
        };
        let known = |url: &str, address: &str, whole: &str| {
            assert_eq!(store(url), Some((address.to_owned(), whole.to_owned())));
        };
        known(
            "postgres://shop:p%40ss@db.example:5433/orders",
            "db.example:5433",
            "postgres://shop:p%40ss@db.example:5433/orders",
        );
        known(
            "postgresql://127.0.0.1",
            "127.0.0.1:5432",
            "postgres://postgres@127.0.0.1:5432/postgres",
        );
        known("redis://:s@[::1]", "[::1]:6379", "redis://:s@[::1]:6379");
        known("kafka://127.0.0.1:9093", "127.0.0.1:9093", "127.0.0.1:9093");
        assert_eq!(store("redis://"), None);
    }
}
