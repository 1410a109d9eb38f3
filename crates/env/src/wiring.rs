use std::collections::BTreeMap;

use rtest_core::plan::{LinkPlan, Protocol, ServicePlan};
use rtest_core::{Template, UnknownVariable};

use crate::endpoint::Endpoint;

/// The environment variable that every process of a run carries, and by which it is found again.
pub const RUN_ID_VARIABLE: &str = "RTEST_RUN_ID";

/// Who sees whom where: callees through the links' proxies, everybody else directly.
#[derive(Debug)]
pub(crate) struct Wiring {
    run_id: String,
    links: Vec<(LinkPlan, Endpoint)>,
    /// By service.
    places: BTreeMap<String, Place>,
}

/// Where a service is itself, and what is spoken there.
#[derive(Debug)]
pub(crate) struct Place {
    /// Where those on this machine find it.
    pub(crate) endpoint: Endpoint,
    /// The port that it listens on in a place of its own, where others of its kind find it by its
    /// name.
    pub(crate) inside: Option<u16>,
    pub(crate) protocol: Protocol,
}

impl Wiring {
    /// Each link with where its caller finds its proxy.
    pub(crate) fn new(
        run_id: String,
        links: Vec<(LinkPlan, Endpoint)>,
        places: BTreeMap<String, Place>,
    ) -> Self {
        Self {
            run_id,
            links,
            places,
        }
    }

    /// Fills a text of `caller`'s: `{{ callee.url }}` is the link's proxy where `caller` depends
    /// on that service, and the service itself elsewhere.
    pub(crate) fn render(
        &self,
        caller: &str,
        template: &Template,
    ) -> Result<String, UnknownVariable> {
        template
            .render(|name| {
                let (service, aspect) = name.rsplit_once('.')?;
                let protocol = &self.places.get(service)?.protocol;
                self.seen_by(caller, service)?.aspect(aspect, protocol)
            })
            .map(|text| text.into_owned())
    }

    /// The environment variables of a service beyond the inherited ones, weakest first: a later
    /// one replaces an earlier one of the same name.
    pub(crate) fn environment(
        &self,
        service: &ServicePlan,
    ) -> Result<Vec<(String, String)>, UnknownVariable> {
        let mut variables = Vec::new();
        let own = self.places.get(&service.name);
        if let Some(own) = own {
            let (host, port) = match own.inside {
                Some(port) => ("0.0.0.0", port),
                None => (own.endpoint.host(), own.endpoint.port()),
            };
            variables.push(("PORT".to_owned(), port.to_string()));
            variables.push(("HOST".to_owned(), host.to_owned()));
        }
        for (link, proxy) in &self.links {
            if link.caller == service.name
                && let Some(callee) = self.places.get(&link.callee)
            {
                let url = callee.protocol.url(&proxy.to_string());
                variables.push((link.variable.clone(), url));
            }
        }
        for (name, value) in &service.env {
            variables.push((name.clone(), self.render(&service.name, value)?));
        }
        // A process is found by it; a container has labels.
        if own.is_none_or(|own| own.inside.is_none()) {
            variables.push((RUN_ID_VARIABLE.to_owned(), self.run_id.clone()));
        }
        Ok(variables)
    }

    /// Every `SERVICE.aspect`, as seen from outside the graph: direct endpoints.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        self.places
            .iter()
            .flat_map(|(service, place)| {
                Endpoint::ASPECTS.iter().filter_map(move |aspect| {
                    let value = place.endpoint.aspect(aspect, &place.protocol)?;
                    Some((format!("{service}.{aspect}"), value))
                })
            })
            .collect()
    }

    fn seen_by(&self, caller: &str, service: &str) -> Option<Endpoint> {
        let mut links = self.links.iter();
        let link = links.find(|(link, _)| link.caller == caller && link.callee == service);
        if let Some((_, proxy)) = link {
            return Some(proxy.clone());
        }
        let seen = self.places.get(service)?;
        let is_inside = self
            .places
            .get(caller)
            .is_some_and(|it| it.inside.is_some());
        match seen.inside {
            Some(port) if is_inside => Some(Endpoint::new(service.to_owned(), port)),
            _ => Some(seen.endpoint.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wiring() -> Wiring {
        let endpoint = |authority| Endpoint::parse(authority).expect("well formed");
        let place = |authority| Place {
            endpoint: endpoint(authority),
            inside: None,
            protocol: Protocol::Http,
        };
        let contained = |authority, port| Place {
            inside: Some(port),
            ..place(authority)
        };
        Wiring::new(
            "run-7".to_owned(),
            vec![(
                LinkPlan::new("web", "catalog-v2"),
                endpoint("127.0.0.1:9000"),
            )],
            BTreeMap::from([
                ("web".to_owned(), place("127.0.0.1:1000")),
                ("catalog-v2".to_owned(), place("127.0.0.1:2000")),
                ("mail".to_owned(), place("mail.example:25")),
                ("api".to_owned(), contained("127.0.0.1:3000", 8080)),
                ("db".to_owned(), contained("127.0.0.1:4000", 5432)),
            ]),
        )
    }

    fn seen(caller: &str, text: &str) -> Result<String, UnknownVariable> {
        wiring().render(caller, &Template::parse(text).expect("well formed"))
    }

    #[test]
    fn a_caller_sees_its_callee_through_the_link_and_others_directly() {
        let text = "{{ catalog-v2.url }} {{ mail.host }} {{ web.port }}";
        assert_eq!(
            seen("web", text).as_deref(),
            Ok("http://127.0.0.1:9000 mail.example 1000")
        );
        assert_eq!(
            seen("mail", "{{ catalog-v2.port }}").as_deref(),
            Ok("2000"),
            "no edge, no proxy"
        );
        assert_eq!(
            seen("web", "{{ nobody.url }}"),
            Err(UnknownVariable("nobody.url".to_owned()))
        );
    }

    #[test]
    fn outsiders_get_direct_endpoints() {
        let variables = wiring().variables();
        assert_eq!(variables["catalog-v2.url"], "http://127.0.0.1:2000");
        assert_eq!(variables["mail.port"], "25");
        assert_eq!(variables["db.url"], "http://127.0.0.1:4000");
        assert_eq!(variables.len(), 15);
    }

    #[test]
    fn containers_find_each_other_by_name() {
        assert_eq!(
            seen("api", "{{ db.host }}:{{ db.port }}").as_deref(),
            Ok("db:5432")
        );
        assert_eq!(
            seen("web", "{{ db.port }}").as_deref(),
            Ok("4000"),
            "no container"
        );
        assert_eq!(
            seen("api", "{{ mail.host }}").as_deref(),
            Ok("mail.example")
        );
    }
}
