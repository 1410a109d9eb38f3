use rtest_core::plan::LinkPlan;
use rtest_core::{Code, Diagnostic, Span};

use crate::diagnostics::Diagnostics;
use crate::file::{Service, SuiteFile};
use crate::shape::{Field, quoted_list, suggestion};

/// The names that the rest of the suite refers to: services, and the links between them. Made
/// from what could be read, so that one faulty service is not reported again at every reference.
#[derive(Debug, Default)]
pub(super) struct Services {
    names: Vec<String>,
    /// Service, label and value, in the suite's order.
    labels: Vec<(String, String, String)>,
    /// Services that are already up.
    external: Vec<String>,
    /// Services that are containers.
    containers: Vec<String>,
    links: Vec<LinkPlan>,
    /// Whether every name is there: then one that is not is an error.
    knows_names: bool,
    /// Whether every link is there.
    knows_links: bool,
}

impl Services {
    /// The names in a suite.
    pub(super) fn of(suite: &SuiteFile) -> Self {
        let services = suite
            .environment
            .value()
            .and_then(|environment| environment.services.value());
        let Some(entries) = services else {
            return Self {
                knows_names: suite.environment.is_absent(),
                knows_links: suite.environment.is_absent(),
                ..Self::default()
            };
        };
        let names: Vec<String> = entries
            .0
            .iter()
            .map(|entry| entry.name.value.clone())
            .collect();
        let mut links: Vec<LinkPlan> = Vec::new();
        for (caller, service) in entries.0.iter().filter_map(|entry| entry.given()) {
            let callees = service.value.depends_on.value().map(|list| &list.items);
            for callee in callees.into_iter().flatten() {
                let link = LinkPlan::new(&caller.value, &callee.value);
                if names.contains(&callee.value) && !links.contains(&link) {
                    links.push(link);
                }
            }
        }
        let mut labels = Vec::new();
        for (name, service) in entries.0.iter().filter_map(|entry| entry.given()) {
            let given = service.value.labels.value().map(|labels| &labels.0);
            for (label, value) in given.into_iter().flatten().filter_map(|it| it.given()) {
                labels.push((name.value.clone(), label.value.clone(), value.value.clone()));
            }
        }
        let named = |is_one: fn(&Service) -> bool| {
            let services = entries.0.iter().filter_map(|entry| entry.given());
            let these = services.filter(|(_, service)| is_one(&service.value));
            these.map(|(name, _)| name.value.clone()).collect()
        };
        let has_all_links = |service: &Service| match &service.depends_on {
            Field::Absent => true,
            Field::Faulty(_) => false,
            Field::Given(given) => given.value.value.is_complete,
        };
        Self {
            names,
            labels,
            external: named(|service| !service.external.is_absent()),
            containers: named(|service| !service.container.is_absent()),
            links,
            knows_names: true,
            knows_links: entries.0.iter().all(|entry| {
                entry
                    .value
                    .as_ref()
                    .is_some_and(|it| has_all_links(&it.value))
            }),
        }
    }

    /// Every service's name, in the suite's order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }

    /// One link for each edge of `depends_on`, in the suite's order.
    pub(super) fn links(&self) -> &[LinkPlan] {
        &self.links
    }

    /// Whether there is, or may be, a service of this name.
    pub(super) fn may_have(&self, name: &str) -> bool {
        self.has(name) || !self.knows_names
    }

    /// Whether there is a service of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// The service, or a report that there is none.
    pub(super) fn named(&self, name: &str, span: &Span, found: &mut Diagnostics) -> Option<String> {
        if self.may_have(name) {
            return Some(name.to_owned());
        }
        let hint = suggestion(name, self.names(), "services are")
            .unwrap_or_else(|| "the suite has no `environment.services`".to_owned());
        found.add(
            Diagnostic::new(
                Code::UnknownService,
                format!("there is no service `{name}`"),
            )
            .at(span)
            .hint(hint),
        );
        None
    }

    /// Whether the service is one that is already up.
    pub(super) fn is_external(&self, name: &str) -> bool {
        self.external.iter().any(|known| known == name)
    }

    /// Whether the service is a container.
    pub(super) fn is_container(&self, name: &str) -> bool {
        self.containers.iter().any(|known| known == name)
    }

    /// The services of a label, `tier=db`, or a report that there is none.
    pub(super) fn labelled(&self, text: &str, span: &Span, found: &mut Diagnostics) -> Vec<String> {
        let Some((label, value)) = text.split_once('=') else {
            found.add(
                Diagnostic::new(Code::UnknownService, format!("`{text}` is not a label"))
                    .at(span)
                    .hint("write `name=value`"),
            );
            return Vec::new();
        };
        let (label, value) = (label.trim(), value.trim());
        let has = |known: &&(String, String, String)| known.1 == label && known.2 == value;
        let named = self.labels.iter().filter(has);
        let services: Vec<String> = named.map(|(service, ..)| service.clone()).collect();
        if services.is_empty() && self.knows_names {
            let known: Vec<String> = self
                .labels
                .iter()
                .map(|(_, label, value)| format!("{label}={value}"))
                .collect();
            let hint = suggestion(text, known.iter().map(String::as_str), "labels are");
            found.add(
                Diagnostic::new(
                    Code::UnknownService,
                    format!("no service has the label `{label}={value}`"),
                )
                .at(span)
                .hint(hint.unwrap_or_else(|| "no service has `labels`".to_owned())),
            );
        }
        services
    }

    /// The link of a text such as `storefront -> catalog`, or a report that there is none.
    pub(super) fn link(&self, text: &str, span: &Span, found: &mut Diagnostics) -> Option<String> {
        let Some((caller, callee)) = text.split_once("->") else {
            found.add(
                Diagnostic::new(Code::UnknownLink, format!("`{text}` is not a link"))
                    .at(span)
                    .hint("write `caller -> callee`"),
            );
            return None;
        };
        let (caller, callee) = (caller.trim(), callee.trim());
        let name = LinkPlan::new(caller, callee).name;
        if self.links.iter().any(|link| link.name == name) || !self.knows_links {
            return Some(name);
        }
        let links = self.links.iter().map(|link| link.name.as_str());
        let hint = if self.has(caller) && self.has(callee) && caller != callee {
            format!("add `{callee}` to the `depends_on` of `{caller}`")
        } else if let Some(near) = rtest_core::nearest(&name, links.clone()) {
            format!("did you mean `{near}`?")
        } else if self.links.is_empty() {
            "no service has a `depends_on`, so there are no links".to_owned()
        } else {
            format!("links are {}", quoted_list(links))
        };
        found.add(
            Diagnostic::new(Code::UnknownLink, format!("there is no link `{name}`"))
                .at(span)
                .hint(hint),
        );
        None
    }
}
