mod container;
mod data;
mod protocol;
mod readiness;

use rtest_core::plan::{Protocol, Provider, ServicePlan};
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::check::template;
use crate::file::{Builtin, Environment, Process, Service};
use crate::shape::Field;
use crate::spanned::Spanned;

/// Services at most; far more than one machine brings up.
const MAX_SERVICES: usize = 100;

/// Checks the services. Callees stand before callers in the result.
pub(super) fn check(
    environment: Option<&Spanned<Environment>>,
    cx: &mut Context<'_>,
) -> Vec<ServicePlan> {
    let Some(environment) = environment else {
        return Vec::new();
    };
    let field = &environment.value.services;
    if let (Some(adapt), None) = (
        environment.value.adapt.key(),
        environment.value.compose.key(),
    ) {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "there is no compose file to adapt")
                .at(adapt)
                .hint("name it under `compose`"),
        );
    }
    if field.is_absent() && environment.value.compose.is_absent() {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "an environment needs `services`")
                .at(&environment.span)
                .hint("name them under `services`, or a file that has them under `compose`"),
        );
    }
    let Some(entry) = field.entry() else {
        return Vec::new();
    };
    let entries = &entry.value.value.0;
    if entries.len() > MAX_SERVICES {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("an environment has at most {MAX_SERVICES} services"),
            )
            .at(&entry.key),
        );
        return Vec::new();
    }
    let mut services = Vec::new();
    let mut edges = Vec::new();
    for entry in entries {
        check_name(&entry.name, cx);
        let Some((name, service)) = entry.given() else {
            continue;
        };
        let depends_on = dependencies(&service.value, cx);
        edges.push((name.value.as_str(), depends_on.clone()));
        if let Some(plan) = self::service(name, &service.value, &depends_on, cx) {
            services.push(plan);
        }
    }
    let order = order(&edges, cx);
    let place = |service: &ServicePlan| order.iter().position(|name| *name == service.name);
    services.sort_by_key(place);
    services
}

/// A service's name becomes a host name and a part of environment variables.
fn check_name(name: &Spanned<String>, cx: &mut Context<'_>) {
    let text = name.value.as_bytes();
    let usable = !text.is_empty()
        && text.len() <= 63
        && text
            .iter()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == b'-')
        && text[0].is_ascii_lowercase()
        && text[text.len() - 1] != b'-';
    if !usable {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("`{}` cannot be the name of a service", name.value),
            )
            .at(&name.span)
            .hint("use lower-case letters, digits and hyphens, a letter first: it becomes a host name and `NAME_URL`"),
        );
    }
}

fn dependencies(service: &Service, cx: &mut Context<'_>) -> Vec<Spanned<String>> {
    let mut depends_on: Vec<Spanned<String>> = Vec::new();
    let callees = service.depends_on.value().map(|list| &list.items);
    for callee in callees.into_iter().flatten() {
        if cx
            .services
            .named(&callee.value, &callee.span, cx.found)
            .is_none()
        {
            continue;
        }
        if depends_on.iter().any(|known| known.value == callee.value) {
            cx.found.add(
                Diagnostic::new(
                    Code::Duplicate,
                    format!("`{}` is listed twice", callee.value),
                )
                .at(&callee.span),
            );
            continue;
        }
        depends_on.push(callee.clone());
    }
    depends_on
}

fn service(
    name: &Spanned<String>,
    service: &Service,
    depends_on: &[Spanned<String>],
    cx: &mut Context<'_>,
) -> Option<ServicePlan> {
    let mut env = environment_variables(service, cx);
    let external = service.external.spanned();
    let external = external.map(|text| protocol::external(text, cx.found));
    let protocol = protocol::check(service, &mut env, external.as_ref(), cx);
    let provider = provider(service, external.as_ref(), protocol.as_ref(), cx);
    let ready = readiness::check(service, protocol.as_ref(), cx);
    let data = data::check(service, protocol.as_ref(), cx);
    if !service.external.is_absent() {
        refuse_on_external("depends_on", service.depends_on.key(), cx);
        refuse_on_external("env", service.env.key(), cx);
    }
    Some(ServicePlan {
        name: name.value.clone(),
        provider: provider?,
        protocol: protocol?,
        depends_on: depends_on
            .iter()
            .map(|callee| callee.value.clone())
            .collect(),
        env,
        ready: ready?,
        data: data?,
        span: name.span.clone(),
    })
}

fn refuse_on_external(key: &str, span: Option<&Span>, cx: &mut Context<'_>) {
    if let Some(span) = span {
        cx.found.add(
            Diagnostic::new(
                Code::UnknownKey,
                format!("`{key}` has no effect on an external service"),
            )
            .at(span)
            .hint("an external service is neither started nor configured: remove the key"),
        );
    }
}

fn provider(
    service: &Service,
    external: Option<&protocol::External>,
    protocol: Option<&Protocol>,
    cx: &mut Context<'_>,
) -> Option<Provider> {
    if let Some(builtin) = service.builtin.value() {
        return self::builtin(builtin, cx);
    }
    if let Some(process) = service.process.value() {
        return self::process(process, cx);
    }
    if let Some(container) = service.container.spanned() {
        let plan = container::check(container, protocol?, service.labels.value(), cx)?;
        return Some(Provider::Container(Box::new(plan)));
    }
    Some(Provider::External {
        address: external?.as_ref()?.address.clone(),
    })
}

fn builtin(builtin: &Builtin, cx: &mut Context<'_>) -> Option<Provider> {
    let mut breaks: Vec<String> = Vec::new();
    for behaviour in &builtin.breaks {
        let name = behaviour.value.0.0;
        if breaks.iter().any(|known| known == name) {
            cx.found.add(
                Diagnostic::new(Code::Duplicate, format!("`{name}` is listed twice"))
                    .at(&behaviour.span),
            );
        } else {
            breaks.push(name.to_owned());
        }
    }
    Some(Provider::Builtin {
        sample: builtin.sample?.0.to_owned(),
        breaks,
    })
}

fn process(process: &Process, cx: &mut Context<'_>) -> Option<Provider> {
    let command = process.command.value().map(|list| &list.items);
    for part in command.into_iter().flatten() {
        template::check(&part.value, &part.span, cx);
    }
    let cwd = match &process.cwd {
        Field::Given(entry) => path(&entry.value, Existing::Folder, cx),
        Field::Absent => Some(cx.base.to_owned()),
        Field::Faulty(_) => None,
    };
    let command: Vec<Template> = command?.iter().map(|part| part.value.clone()).collect();
    let port = process
        .port
        .value()
        .and_then(|port| u16::try_from(port.0).ok());
    Some(Provider::Process {
        command,
        cwd: cwd?,
        port,
    })
}

fn environment_variables(service: &Service, cx: &mut Context<'_>) -> Vec<(String, Template)> {
    let mut env = Vec::new();
    let entries = service.env.value().map(|env| &env.0).into_iter().flatten();
    for entry in entries {
        let name = &entry.name;
        let usable = !name.value.is_empty()
            && !name.value.contains(['=', '\0'])
            && !name.value.contains(char::is_whitespace);
        if !usable {
            cx.found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!("`{}` cannot be an environment variable", name.value),
                )
                .at(&name.span),
            );
        }
        if let Some((name, value)) = entry.given() {
            template::check(&value.value, &value.span, cx);
            env.push((name.value.clone(), value.value.clone()));
        }
    }
    env
}

/// The services, callees before callers, else in the suite's order; every cycle is reported.
fn order<'a>(edges: &'a [(&'a str, Vec<Spanned<String>>)], cx: &mut Context<'_>) -> Vec<&'a str> {
    let mut walk = Walk {
        edges,
        done: Vec::new(),
        path: Vec::new(),
    };
    for (name, _) in edges {
        walk.visit(name, cx);
    }
    walk.done
}

/// A depth-first walk. Its depth is at most [`MAX_SERVICES`].
struct Walk<'a> {
    edges: &'a [(&'a str, Vec<Spanned<String>>)],
    done: Vec<&'a str>,
    path: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, name: &'a str, cx: &mut Context<'_>) {
        if self.done.contains(&name) {
            return;
        }
        self.path.push(name);
        let callees = self
            .edges
            .iter()
            .find(|(caller, _)| *caller == name)
            .map(|(_, callees)| callees.as_slice());
        for callee in callees.unwrap_or_default() {
            match self
                .path
                .iter()
                .position(|on_path| *on_path == callee.value)
            {
                Some(start) => {
                    let mut cycle = self.path[start..].to_vec();
                    cycle.push(&callee.value);
                    cx.found.add(
                        Diagnostic::new(
                            Code::Cycle,
                            format!("services wait for each other: {}", cycle.join(" -> ")),
                        )
                        .at(&callee.span)
                        .hint("remove one of these edges"),
                    );
                }
                None => self.visit(&callee.value, cx),
            }
        }
        self.path.pop();
        self.done.push(name);
    }
}
