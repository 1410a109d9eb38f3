use std::path::Path;
use std::sync::Arc;

use rtest_core::plan::{
    ClientCertificate, ConnectionsPlan, DnsPlan, HttpPlan, HttpVersion, ProxyPlan, Reuse,
    TimeoutsPlan, TlsPlan,
};
use rtest_core::{Code, Diagnostic, HttpUrl, Scheme, Span};

use super::found::{Found, bad, positive};
use crate::args::ConnectionArgs;

/// How HTTP is spoken to the target; authentication is the request's.
pub(super) fn http(url: Option<&HttpUrl>, args: &ConnectionArgs, found: &mut Found) -> HttpPlan {
    if url.is_some_and(|url| url.scheme == Scheme::Http) {
        refuse_tls_flags(args, found);
    }
    let connect = args.connect_timeout.as_deref();
    let connect = connect.and_then(|text| found.keep(positive("--connect-timeout", text)));
    let proxy = args.proxy.as_deref();
    HttpPlan {
        version: match args {
            ConnectionArgs { http1: true, .. } => HttpVersion::Http1,
            ConnectionArgs { http2: true, .. } => HttpVersion::Http2,
            _ => HttpVersion::Auto,
        },
        tls: tls(args, found),
        timeouts: TimeoutsPlan {
            connect,
            ..TimeoutsPlan::default()
        },
        dns: DnsPlan {
            overrides: args.connect_to.clone(),
            ..DnsPlan::default()
        },
        connections: ConnectionsPlan {
            reuse: if args.no_keepalive {
                Reuse::Never
            } else {
                Reuse::Vu
            },
            max: args.max_connections,
        },
        proxy: proxy.and_then(|text| found.keep(read_proxy(text))),
        unix_socket: args.unix_socket.clone(),
        cookies: args.cookies.unwrap_or_default(),
        compression: args.compressed,
        auth: None,
    }
}

fn tls(args: &ConnectionArgs, found: &mut Found) -> TlsPlan {
    let mut read = |flag: &str, path: &Path, what: &str| found.keep(pem(flag, path, what));
    let ca = args.ca.as_deref();
    let ca = ca.and_then(|path| read("--ca", path, "CERTIFICATE"));
    let client = args.cert.as_deref().and_then(|cert| {
        let key = match &args.key {
            Some(key) => read("--key", key, "PRIVATE KEY"),
            None => read("--cert", cert, "PRIVATE KEY"),
        };
        Some(ClientCertificate {
            certificate: read("--cert", cert, "CERTIFICATE")?,
            key: key?,
        })
    });
    TlsPlan {
        ca,
        client,
        insecure: args.insecure,
        server_name: args.server_name.clone(),
    }
}

/// A PEM file that holds at least one block of the kind.
fn pem(flag: &str, path: &Path, kind: &str) -> Result<Arc<[u8]>, Diagnostic> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        Diagnostic::new(Code::MissingFile, format!("{shown}: {error}"))
            .at(&Span::of_flag(flag, &shown))
    })?;
    let text = String::from_utf8_lossy(&bytes);
    // `BEGIN EC PRIVATE KEY` is a private key, too.
    let holds = |line: &str| line.starts_with("-----BEGIN ") && line.contains(kind);
    if text.lines().any(holds) {
        Ok(Arc::from(bytes))
    } else {
        let message = format!("{shown} holds no PEM block `{kind}`");
        Err(bad(flag, &shown, message, "rtest reads PEM: -----BEGIN …"))
    }
}

/// `http://[name:password@]host:port`; the login is taken as it is written.
fn read_proxy(text: &str) -> Result<ProxyPlan, Diagnostic> {
    const HINT: &str = "write --proxy http://[name:password@]host:port";
    let address = text.strip_prefix("http://").unwrap_or(text);
    let (login, address) = match address.rsplit_once('@') {
        Some((login, address)) => (Some(login), address),
        None => (None, address),
    };
    let login = login.map(|login| {
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        (user.to_owned(), password.to_owned())
    });
    // The message must not show the password.
    let refuse = |message: String| bad("--proxy", address, message, HINT);
    if address.contains("://") {
        return Err(refuse("an HTTP proxy is spoken to over `http`".to_owned()));
    }
    let url =
        HttpUrl::parse(&format!("http://{address}")).map_err(|error| refuse(error.message))?;
    if url.path_and_query() != "/" {
        return Err(refuse("a proxy has no path".to_owned()));
    }
    Ok(ProxyPlan {
        authority: url.authority,
        login,
    })
}

/// Flags of TLS beside a target that speaks none.
fn refuse_tls_flags(args: &ConnectionArgs, found: &mut Found) {
    let shown =
        |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let flags = [
        ("--insecure", args.insecure.then(String::new)),
        ("--ca", shown(&args.ca)),
        ("--cert", shown(&args.cert)),
        ("--server-name", args.server_name.clone()),
    ];
    for (flag, value) in flags {
        if let Some(text) = value {
            let message = format!("{flag} means something for TLS only");
            found.refuse(flag, &text, &message, "write the URL as https://…");
        }
    }
}
