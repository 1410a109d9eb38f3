//! Services of a `docker-compose.yml`, in the words of a suite.

use std::collections::BTreeMap;
use std::path::Path;

use rtest_core::{Code, Diagnostic, Span};

use crate::diagnostics::Diagnostics;
use crate::node::{Key, Kind, Node};
use crate::shape::{suggestion, wrong_type};

/// Keys of a service that mean nothing here: the environment names, connects and restarts its
/// containers itself, and shows their logs.
const WITHOUT_MEANING: [&str; 11] = [
    "container_name",
    "hostname",
    "init",
    "logging",
    "networks",
    "profiles",
    "pull_policy",
    "restart",
    "stop_grace_period",
    "stop_signal",
    "x-rtest",
];

/// Reads the services. Paths in the file are relative to its `folder`.
pub(super) fn services(
    root: &Node,
    folder: &Path,
    variables: &BTreeMap<String, String>,
    found: &mut Diagnostics,
) -> Option<Vec<(Key, Node)>> {
    let Some(Kind::Mapping(services)) = root.entry("services").map(|it| &it.kind) else {
        wrong_type(root, "a mapping with `services`", None, found);
        return None;
    };
    let mut reader = Reader {
        folder,
        variables,
        found,
    };
    let services = services.iter().map(|(name, service)| {
        let service = reader.service(name, service);
        (name.clone(), service)
    });
    Some(services.collect())
}

/// Puts the services before those of the suite, each with what the suite adapts of it.
pub(super) fn merge(
    mut services: Vec<(Key, Node)>,
    environment: &mut Node,
    span: &Span,
    found: &mut Diagnostics,
) {
    if let Some(Kind::Mapping(adapted)) = environment.entry("adapt").map(|it| &it.kind) {
        for (name, over) in adapted {
            match services
                .iter_mut()
                .find(|(known, _)| known.text == name.text)
            {
                Some((_, service)) => overlay(service, over.clone()),
                None => found.add(nothing_to_adapt(name, &services)),
            }
        }
    }
    if environment.entry("services").is_none()
        && let Kind::Mapping(entries) = &mut environment.kind
    {
        entries.push((key("services", span), mapping(Vec::new(), span)));
    }
    let Some(Kind::Mapping(own)) = environment.entry_mut("services").map(|it| &mut it.kind) else {
        return;
    };
    for (name, _) in own.iter() {
        if services.iter().any(|(known, _)| known.text == name.text) {
            let twice = format!("the compose file has a service `{}` too", name.text);
            found.add(
                Diagnostic::new(Code::Duplicate, twice)
                    .at(&name.span)
                    .hint("say under `adapt` what is different of it"),
            );
        }
    }
    own.splice(0..0, services);
}

fn nothing_to_adapt(name: &Key, services: &[(Key, Node)]) -> Diagnostic {
    let names = services.iter().map(|(known, _)| known.text.as_str());
    let message = format!("the compose file has no service `{}`", name.text);
    let diagnostic = Diagnostic::new(Code::UnknownService, message).at(&name.span);
    match suggestion(&name.text, names, "its services are") {
        Some(hint) => diagnostic.hint(hint),
        None => diagnostic,
    }
}

/// Keys of which a service has one.
const PROVIDERS: [&str; 4] = ["builtin", "process", "container", "external"];

fn overlay(base: &mut Node, over: Node) {
    let (Kind::Mapping(base), Kind::Mapping(over)) = (&mut base.kind, over.kind) else {
        return;
    };
    for (name, value) in over {
        let is_provider = |name: &str| PROVIDERS.contains(&name);
        if is_provider(&name.text) {
            base.retain(|(known, _)| !is_provider(&known.text));
        }
        match base.iter_mut().find(|(known, _)| known.text == name.text) {
            Some((_, known)) if name.text == "env" => overlay(known, value),
            Some(entry) => *entry = (name, value),
            None => base.push((name, value)),
        }
    }
}

struct Reader<'a> {
    folder: &'a Path,
    variables: &'a BTreeMap<String, String>,
    found: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn service(&mut self, name: &Key, service: &Node) -> Node {
        let Kind::Mapping(entries) = &service.kind else {
            wrong_type(service, "a service (a mapping)", None, self.found);
            return faulty(&name.span);
        };
        let mut made = Made::at(&name.span);
        let mut container = Made::at(&name.span);
        for (key, value) in entries {
            self.key(key, value, &mut made, &mut container);
        }
        made.put("container", container.into_node());
        made.into_node()
    }

    fn key(&mut self, key: &Key, value: &Node, made: &mut Made, container: &mut Made) {
        match key.text.as_str() {
            "image" | "user" => container.put(&key.text, value.clone()),
            "build" => container.put("build", self.build(value)),
            "command" => container.put("command", self.words(value)),
            "ports" | "expose" => {
                if !container.has("port")
                    && let Some(port) = self.port(value)
                {
                    container.put("port", port);
                }
            }
            "volumes" => self.volumes(value, container),
            "tmpfs" => self.tmpfs(value, container),
            "mem_limit" => container.limit("memory", self.memory(value)),
            "cpus" => container.limit("cpu", self.cpus(value)),
            "deploy" => self.deploy(value, container),
            "healthcheck" => self.health(value, made, container),
            "environment" => made.put("env", self.pairs(value)),
            "labels" => made.put("labels", self.pairs(value)),
            "depends_on" => made.put("depends_on", names(value)),
            other if WITHOUT_MEANING.contains(&other) || other.starts_with("x-") => {}
            _ => self.unknown(key, "of a service"),
        }
    }

    fn unknown(&mut self, key: &Key, of: &str) {
        self.found.add(
            Diagnostic::new(
                Code::UnknownKey,
                format!("`{}` {of} is not read from a compose file", key.text),
            )
            .at(&key.span)
            .hint("describe the service in the suite instead"),
        );
    }

    fn build(&mut self, value: &Node) -> Node {
        match &value.kind {
            Kind::Mapping(entries) => {
                let mut made = Made::at(&value.span);
                for (key, value) in entries {
                    match key.text.as_str() {
                        "context" => made.put("context", self.path(value)),
                        "dockerfile" | "target" => made.put(&key.text, value.clone()),
                        "args" => made.put("args", self.pairs(value)),
                        _ => self.unknown(key, "of a build"),
                    }
                }
                made.into_node()
            }
            _ => self.path(value),
        }
    }

    /// A path that the suite's checker finds.
    fn path(&self, value: &Node) -> Node {
        match value.scalar_text() {
            Some(path) => text(self.folder.join(path).display().to_string(), &value.span),
            None => value.clone(),
        }
    }

    /// Words, or a line that a shell would take apart.
    fn words(&mut self, value: &Node) -> Node {
        let Some(line) = value.scalar_text() else {
            return value.clone();
        };
        match shlex::split(line) {
            Some(words) => list(words, &value.span),
            None => {
                wrong_type(value, "words with closed quotes", None, self.found);
                faulty(&value.span)
            }
        }
    }

    /// The port in the container, of the first of `8080:80`, `127.0.0.1:8080:80/tcp`, `80` and
    /// `{ target: 80 }`.
    fn port(&mut self, value: &Node) -> Option<Node> {
        let Kind::Sequence(ports) = &value.kind else {
            wrong_type(value, "a list of ports", None, self.found);
            return None;
        };
        let first = ports.first()?;
        let target = first.entry("target").unwrap_or(first);
        let whole = target.scalar_text()?;
        let port = whole.rsplit(':').next().unwrap_or(whole);
        let port = port.split('/').next().unwrap_or(port);
        Some(Node {
            span: first.span.clone(),
            kind: Kind::Resolved(port.to_owned()),
        })
    }

    fn volumes(&mut self, value: &Node, container: &mut Made) {
        let Kind::Sequence(volumes) = &value.kind else {
            wrong_type(value, "a list of volumes", None, self.found);
            return;
        };
        for volume in volumes {
            let Some((source, target, read_only)) = volume_of(volume) else {
                // A path alone is a volume that only this container has: its image makes it.
                continue;
            };
            let is_path = source.starts_with(['.', '/', '~']);
            let source = match is_path {
                true => {
                    let path = self.folder.join(&source).display().to_string();
                    if path.starts_with(['.', '/']) {
                        path
                    } else {
                        format!("./{path}")
                    }
                }
                false => source,
            };
            let end = if read_only { ":ro" } else { "" };
            container.volume(&target, text(format!("{source}{end}"), &volume.span));
        }
    }

    fn tmpfs(&mut self, value: &Node, container: &mut Made) {
        let one = std::slice::from_ref(value);
        let paths = match &value.kind {
            Kind::Sequence(paths) => paths.as_slice(),
            _ => one,
        };
        for path in paths {
            match path.scalar_text() {
                Some(to) => container.volume(to, text("memory".to_owned(), &path.span)),
                None => wrong_type(path, "a path", None, self.found),
            }
        }
    }

    fn deploy(&mut self, value: &Node, container: &mut Made) {
        let limits = value.entry("resources").and_then(|it| it.entry("limits"));
        if let Some(cpus) = limits.and_then(|it| it.entry("cpus")) {
            container.limit("cpu", self.cpus(cpus));
        }
        if let Some(memory) = limits.and_then(|it| it.entry("memory")) {
            container.limit("memory", self.memory(memory));
        }
    }

    /// Cores, `0.5`, as percent of one.
    fn cpus(&mut self, value: &Node) -> Node {
        let cores = value
            .scalar_text()
            .and_then(|text| text.parse::<f64>().ok());
        match cores {
            Some(cores) => text(format!("{}%", (cores * 100.0).round()), &value.span),
            None => {
                wrong_type(value, "a number of CPUs", None, self.found);
                faulty(&value.span)
            }
        }
    }

    /// `512m`: compose counts in powers of 1024.
    fn memory(&mut self, value: &Node) -> Node {
        let written = value
            .scalar_text()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let digits = written.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, unit) = written.split_at(digits.unwrap_or(written.len()));
        let unit = match unit {
            "" | "b" => "B",
            "k" | "kb" => "KiB",
            "m" | "mb" => "MiB",
            "g" | "gb" => "GiB",
            _ => {
                wrong_type(value, "memory such as `512m`", None, self.found);
                return faulty(&value.span);
            }
        };
        text(format!("{number}{unit}"), &value.span)
    }

    fn health(&mut self, value: &Node, made: &mut Made, container: &mut Made) {
        let Some(test) = value.entry("test") else {
            return;
        };
        let words: Vec<&str> = match &test.kind {
            Kind::Sequence(words) => words.iter().filter_map(Node::scalar_text).collect(),
            _ => vec!["CMD-SHELL", test.scalar_text().unwrap_or_default()],
        };
        let command = match words.as_slice() {
            ["NONE"] => return,
            ["CMD", words @ ..] => words.to_vec(),
            ["CMD-SHELL", line] => vec!["sh", "-c", *line],
            _ => {
                wrong_type(test, "`CMD`, `CMD-SHELL` or `NONE`", None, self.found);
                return;
            }
        };
        let command = command.into_iter().map(str::to_owned).collect();
        let mut health = Made::at(&test.span);
        health.put("command", list(command, &test.span));
        for (from, to) in [
            ("interval", "every"),
            ("timeout", "timeout"),
            ("retries", "retries"),
        ] {
            if let Some(value) = value.entry(from) {
                health.put(to, value.clone());
            }
        }
        container.put("health", health.into_node());
        let mut ready = Made::at(&test.span);
        ready.put(
            "health",
            Node {
                span: test.span.clone(),
                kind: Kind::Bool(true, "true".to_owned()),
            },
        );
        made.put("ready", ready.into_node());
    }

    /// `{ NAME: value }` or `[NAME=value]`; a name alone has the value that it has here.
    fn pairs(&mut self, value: &Node) -> Node {
        let mut made = Made::at(&value.span);
        match &value.kind {
            Kind::Mapping(entries) => {
                for (key, value) in entries {
                    let value = match value.kind {
                        Kind::Null => self.variable(&key.text, &key.span),
                        _ => Some(value.clone()),
                    };
                    made.entries.extend(value.map(|value| (key.clone(), value)));
                }
            }
            Kind::Sequence(items) => {
                for item in items {
                    let pair = item.scalar_text().unwrap_or_default();
                    let (name, value) = match pair.split_once('=') {
                        Some((name, value)) => (name, Some(text(value.to_owned(), &item.span))),
                        None => (pair, self.variable(pair, &item.span)),
                    };
                    made.entries
                        .extend(value.map(|value| (key(name, &item.span), value)));
                }
            }
            _ => wrong_type(value, "a mapping or a list", None, self.found),
        }
        made.into_node()
    }

    fn variable(&self, name: &str, span: &Span) -> Option<Node> {
        let value = self.variables.get(name)?;
        Some(text(value.clone(), span))
    }
}

/// Source, target and whether it can only be read; nothing of a volume without a source.
fn volume_of(volume: &Node) -> Option<(String, String, bool)> {
    if let Some(target) = volume.entry("target") {
        let word = |key: &str| volume.entry(key).and_then(Node::scalar_text);
        let source = match word("type") {
            Some("tmpfs") => "memory",
            _ => word("source")?,
        };
        let read_only = word("read_only") == Some("true");
        return Some((
            source.to_owned(),
            target.scalar_text()?.to_owned(),
            read_only,
        ));
    }
    let mut parts = volume.scalar_text()?.split(':');
    let (source, target) = (parts.next()?, parts.next()?);
    let read_only = parts.any(|options| options.split(',').any(|it| it == "ro"));
    Some((source.to_owned(), target.to_owned(), read_only))
}

/// `depends_on` as a list: of the conditions, being ready is the only one here.
fn names(value: &Node) -> Node {
    match &value.kind {
        Kind::Mapping(entries) => {
            let names = entries
                .iter()
                .map(|(key, _)| text(key.text.clone(), &key.span));
            Node {
                span: value.span.clone(),
                kind: Kind::Sequence(names.collect()),
            }
        }
        _ => value.clone(),
    }
}

/// A mapping that is made.
struct Made {
    span: Span,
    entries: Vec<(Key, Node)>,
}

impl Made {
    fn at(span: &Span) -> Self {
        Self {
            span: span.clone(),
            entries: Vec::new(),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| key.text == name)
    }

    fn put(&mut self, name: &str, value: Node) {
        self.entries.push((key(name, &value.span), value));
    }

    /// Puts into a mapping below this one, which is made where it is not there.
    fn put_below(&mut self, name: &str, below: &str, value: Node) {
        if !self.has(name) {
            self.put(name, mapping(Vec::new(), &value.span));
        }
        let inner = self.entries.iter_mut().find(|(key, _)| key.text == name);
        if let Some((
            _,
            Node {
                kind: Kind::Mapping(entries),
                ..
            },
        )) = inner
        {
            entries.push((key(below, &value.span), value));
        }
    }

    fn volume(&mut self, to: &str, value: Node) {
        self.put_below("volumes", to, value);
    }

    fn limit(&mut self, what: &str, value: Node) {
        self.put_below("limit", what, value);
    }

    fn into_node(self) -> Node {
        mapping(self.entries, &self.span)
    }
}

fn key(name: &str, span: &Span) -> Key {
    Key {
        text: name.to_owned(),
        span: span.clone(),
    }
}

fn mapping(entries: Vec<(Key, Node)>, span: &Span) -> Node {
    Node {
        span: span.clone(),
        kind: Kind::Mapping(entries),
    }
}

fn text(text: String, span: &Span) -> Node {
    Node {
        span: span.clone(),
        kind: Kind::Text(text),
    }
}

fn list(words: Vec<String>, span: &Span) -> Node {
    let words = words.into_iter().map(|word| text(word, span));
    Node {
        span: span.clone(),
        kind: Kind::Sequence(words.collect()),
    }
}

/// What has been reported.
fn faulty(span: &Span) -> Node {
    Node {
        span: span.clone(),
        kind: Kind::Faulty,
    }
}
