//! How HTTP is spoken: files are read, and what contradicts itself is refused.

use std::net::IpAddr;
use std::sync::Arc;

use rtest_core::plan::{
    ClientCertificate, ConnectionsPlan, DnsPlan, HttpPlan, HttpVersion, ProxyPlan, Target,
    TimeoutsPlan, TlsPlan,
};
use rtest_core::{Code, Diagnostic, HttpUrl, Scheme, Span};

use crate::check::Context;
use crate::check::content::{self, unusable};
use crate::check::load::auth;
use crate::file::{Http, Proxy, Tls};
use crate::scalar::{Choice, Positive};
use crate::shape::Field;
use crate::spanned::Spanned;

/// Bytes of a socket's path at most (`sun_path` in unix(7), less its final zero).
const LONGEST_SOCKET: usize = 107;

/// Checks how HTTP is spoken to the target.
pub(super) fn check(
    field: &Field<Http>,
    target: Option<&Target>,
    cx: &mut Context<'_>,
) -> Option<HttpPlan> {
    let http = match field {
        Field::Absent => return Some(HttpPlan::default()),
        given => given.value()?,
    };
    refuse_contradictions(http, target, cx);
    let tls = tls(&http.tls, cx);
    let dns = dns(http, cx);
    let proxy = proxy(&http.proxy, cx);
    let unix_socket = match &http.unix_socket {
        Field::Absent => None,
        given => Some(socket(given.spanned()?, cx)?),
    };
    let auth = match &http.auth {
        Field::Absent => None,
        given => Some(auth::plan(given.value()?)?),
    };
    Some(HttpPlan {
        version: word(&http.version)?,
        tls: tls?,
        timeouts: timeouts(http)?,
        dns: dns?,
        connections: connections(http)?,
        proxy: proxy?,
        unix_socket: unix_socket.map(|path| cx.base.join(path)),
        cookies: word(&http.cookies)?,
        compression: match &http.compression {
            Field::Absent => false,
            given => *given.value()?,
        },
        auth,
    })
}

/// The meaning of a word; its default where the key is not there.
fn word<W: Copy + Default>(field: &Field<Choice<W>>) -> Option<W> {
    match field {
        Field::Absent => Some(W::default()),
        given => Some(given.value()?.0),
    }
}

/// Keys that have no effect beside what else the suite says.
fn refuse_contradictions(http: &Http, target: Option<&Target>, cx: &mut Context<'_>) {
    let scheme = target.map(|target| match target {
        Target::Service(_) => Scheme::Http,
        Target::Address { scheme, .. } => *scheme,
    });
    let timeouts = http.timeouts.value();
    let mut refuse = |key: Option<&Span>, message: &str, hint: &str| {
        if let Some(key) = key {
            cx.found.add(
                Diagnostic::new(Code::Contradiction, message)
                    .at(key)
                    .hint(hint),
            );
        }
    };
    if scheme == Some(Scheme::Http) {
        const HINT: &str = "write the target as `https://…`, or remove the key";
        let message = "the target is spoken to without TLS";
        refuse(http.tls.key(), message, HINT);
        refuse(timeouts.and_then(|it| it.tls.key()), message, HINT);
        if http.version.value().map(|version| version.0) == Some(HttpVersion::Http2) {
            refuse(
                http.proxy.key(),
                "HTTP/2 goes through a proxy only over TLS",
                "write the target as `https://…`, or speak HTTP/1.1",
            );
        }
    }
    if !http.unix_socket.is_absent() {
        const HINT: &str = "keep `unix_socket` or this key";
        let names = "a socket has no name to look up";
        refuse(
            http.proxy.key(),
            "a socket is not reached through a proxy",
            HINT,
        );
        refuse(http.dns.key(), names, HINT);
        refuse(timeouts.and_then(|it| it.dns.key()), names, HINT);
    }
    let tls = http.tls.value();
    if tls.and_then(|tls| tls.insecure.value()) == Some(&true) {
        refuse(
            tls.and_then(|tls| tls.ca.key()),
            "`insecure` takes any certificate, whoever has signed it",
            "keep `ca` or `insecure`",
        );
    }
}

pub(in crate::check) fn tls(field: &Field<Tls>, cx: &mut Context<'_>) -> Option<TlsPlan> {
    let tls = match field {
        Field::Absent => return Some(TlsPlan::default()),
        given => given.value()?,
    };
    let ca = pem(&tls.ca, "CERTIFICATE", cx);
    let certificate = pem(&tls.cert, "CERTIFICATE", cx);
    let key = pem(&tls.key, "PRIVATE KEY", cx);
    let alone = match (tls.cert.key(), tls.key.key()) {
        (Some(cert), None) => Some(("cert", cert, "key")),
        (None, Some(key)) => Some(("key", key, "cert")),
        _ => None,
    };
    if let Some((given, place, missing)) = alone {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, format!("`{given}` needs `{missing}`"))
                .at(place)
                .hint("a client shows a certificate and proves with its private key that it is its own"),
        );
    }
    let client = match (certificate?, key?) {
        (Some(certificate), Some(key)) => Some(ClientCertificate { certificate, key }),
        _ => None,
    };
    Some(TlsPlan {
        ca: ca?,
        client,
        insecure: match &tls.insecure {
            Field::Absent => false,
            given => *given.value()?,
        },
        server_name: match &tls.server_name {
            Field::Absent => None,
            given => Some(server_name(given.spanned()?, cx)?),
        },
    })
}

/// The name of a certificate: a host's, without a port.
fn server_name(name: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let is_host = !name.value.is_empty()
        && name
            .value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
    if is_host {
        return Some(name.value.clone());
    }
    cx.found.add(
        Diagnostic::new(
            Code::OutOfRange,
            format!("`{}` is not the name of a host", name.value),
        )
        .at(&name.span)
        .hint("write a name such as `shop.example`, without scheme and port"),
    );
    None
}

/// A PEM file that holds something of this kind; `None` where it could not be read.
fn pem(field: &Field<String>, kind: &str, cx: &mut Context<'_>) -> Option<Option<Arc<[u8]>>> {
    let file = match field {
        Field::Absent => return Some(None),
        given => given.spanned()?,
    };
    let bytes = content::bytes(file, cx)?;
    let text = String::from_utf8_lossy(&bytes);
    let labels: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("-----BEGIN ")?
                .strip_suffix("-----")
        })
        .collect();
    let why = if labels.iter().any(|label| label.starts_with("ENCRYPTED")) {
        "its key is encrypted, and rtest asks for no passphrase".to_owned()
    } else if !labels.iter().any(|label| label.ends_with(kind)) {
        format!("it holds no `-----BEGIN {kind}-----`")
    } else {
        return Some(Some(Arc::clone(&bytes)));
    };
    unusable(file, &why, cx);
    None
}

fn timeouts(http: &Http) -> Option<TimeoutsPlan> {
    let timeouts = match &http.timeouts {
        Field::Absent => return Some(TimeoutsPlan::default()),
        given => given.value()?,
    };
    let given = |field: &Field<Positive>| field.value().map(|timeout| timeout.0);
    Some(TimeoutsPlan {
        dns: given(&timeouts.dns),
        connect: given(&timeouts.connect),
        tls: given(&timeouts.tls),
        first_byte: given(&timeouts.first_byte),
        idle: given(&timeouts.idle),
    })
}

fn dns(http: &Http, cx: &mut Context<'_>) -> Option<DnsPlan> {
    let dns = match &http.dns {
        Field::Absent => return Some(DnsPlan::default()),
        given => given.value()?,
    };
    let entries = dns.hosts.value().map(|named| named.0.as_slice());
    let mut overrides: Vec<(String, IpAddr)> = Vec::new();
    for (name, address) in entries
        .unwrap_or_default()
        .iter()
        .filter_map(|it| it.given())
    {
        let host = name.value.to_ascii_lowercase();
        if overrides.iter().any(|(known, _)| *known == host) {
            let message = format!("the host `{}` is there twice", name.value);
            let twice = Diagnostic::new(Code::Duplicate, message).at(&name.span);
            cx.found
                .add(twice.hint("names of hosts do not differ by case"));
        }
        match address.value.parse() {
            Ok(ip) => overrides.push((host, ip)),
            Err(_) => cx.found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!("`{}` is not an IP address", address.value),
                )
                .at(&address.span)
                .hint("write an address such as `127.0.0.1` or `\"::1\"`, without a port"),
            ),
        }
    }
    Some(DnsPlan {
        overrides,
        ttl: match &dns.ttl {
            Field::Absent => DnsPlan::default().ttl,
            given => *given.value()?,
        },
    })
}

fn connections(http: &Http) -> Option<ConnectionsPlan> {
    let connections = match &http.connections {
        Field::Absent => return Some(ConnectionsPlan::default()),
        given => given.value()?,
    };
    Some(ConnectionsPlan {
        reuse: word(&connections.reuse)?,
        max: connections.max.value().map(|max| max.small()),
    })
}

/// The proxy; `None` where it could not be read.
fn proxy(field: &Field<Proxy>, cx: &mut Context<'_>) -> Option<Option<ProxyPlan>> {
    let proxy = match field {
        Field::Absent => return Some(None),
        given => given.spanned()?,
    };
    let (url, login) = match &proxy.value {
        Proxy::Url(url) => (Spanned::new(url.clone(), proxy.span.clone()), None),
        Proxy::Login(keys) => {
            let user = keys.user.value()?.clone();
            let login = (user, keys.password.value()?.clone());
            (keys.url.spanned()?.clone(), Some(login))
        }
    };
    const HINT: &str = "write `http://host:port`";
    const LOGIN: &str = "write `{ url: \"http://host:port\", user: …, password: … }`";
    let (message, hint) = match HttpUrl::parse(&url.value) {
        Ok(HttpUrl {
            scheme: Scheme::Https,
            ..
        }) => ("a proxy is spoken to over `http`".to_owned(), HINT),
        Ok(parsed) if parsed.path_and_query() != "/" => ("a proxy has no path".to_owned(), HINT),
        Ok(parsed) => {
            return Some(Some(ProxyPlan {
                authority: parsed.authority,
                login,
            }));
        }
        Err(_) if url.value.contains('@') => {
            ("a proxy's URL holds no user and password".to_owned(), LOGIN)
        }
        Err(error) => (error.message, HINT),
    };
    cx.found.add(
        Diagnostic::new(Code::BadTarget, message)
            .at(&url.span)
            .hint(hint),
    );
    None
}

/// A socket's path. It need not be there yet: a service of the suite may make it.
fn socket(path: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let message = if path.value.is_empty() || path.value.contains('\0') {
        "this is not the path of a socket".to_owned()
    } else if cx.base.join(&path.value).as_os_str().len() > LONGEST_SOCKET {
        format!("the path of a socket has at most {LONGEST_SOCKET} bytes")
    } else {
        return Some(path.value.clone());
    };
    cx.found
        .add(Diagnostic::new(Code::OutOfRange, message).at(&path.span));
    None
}
