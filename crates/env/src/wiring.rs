use std::collections::BTreeMap;
use std::net::SocketAddr;

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
    pub(crate) endpoint: Endpoint,
    pub(crate) protocol: Protocol,
}

/// A link without an address for its proxy.
#[derive(Debug)]
pub(crate) struct Unlinked(pub(crate) String);

impl Wiring {
    pub(crate) fn new(
        run_id: String,
        links: Vec<LinkPlan>,
        addresses: &BTreeMap<String, SocketAddr>,
        places: BTreeMap<String, Place>,
    ) -> Result<Self, Unlinked> {
        let links = links
            .into_iter()
            .map(|link| match addresses.get(&link.name) {
                Some(address) => Ok((link, Endpoint::from(*address))),
                None => Err(Unlinked(link.name)),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            run_id,
            links,
            places,
        })
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
        if let Some(own) = self.places.get(&service.name) {
            variables.push(("PORT".to_owned(), own.endpoint.port().to_string()));
            variables.push(("HOST".to_owned(), own.endpoint.host().to_owned()));
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
        variables.push((RUN_ID_VARIABLE.to_owned(), self.run_id.clone()));
        Ok(variables)
    }

    /// Every `SERVICE.aspect`, as seen from outside the graph: direct endpoints.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        self.places
            .iter()
            .flat_map(|(service, Place { endpoint, protocol })| {
                Endpoint::ASPECTS.iter().filter_map(move |aspect| {
                    let value = endpoint.aspect(aspect, protocol)?;
                    Some((format!("{service}.{aspect}"), value))
                })
            })
            .collect()
    }

    fn seen_by(&self, caller: &str, service: &str) -> Option<&Endpoint> {
        self.links
            .iter()
            .find(|(link, _)| link.caller == caller && link.callee == service)
            .map(|(_, proxy)| proxy)
            .or_else(|| Some(&self.places.get(service)?.endpoint))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wiring() -> Wiring {
        let place = |authority| Place {
            endpoint: Endpoint::parse(authority).expect("well formed"),
            protocol: Protocol::Http,
        };
        Wiring::new(
            "run-7".to_owned(),
            vec![LinkPlan::new("web", "catalog-v2")],
            &BTreeMap::from([(
                "web -> catalog-v2".to_owned(),
                "127.0.0.1:9000".parse().expect("an address"),
            )]),
            BTreeMap::from([
                ("web".to_owned(), place("127.0.0.1:1000")),
                ("catalog-v2".to_owned(), place("127.0.0.1:2000")),
                ("mail".to_owned(), place("mail.example:25")),
            ]),
        )
        .expect("every link has an address")
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
        assert_eq!(variables.len(), 9);
    }

    #[test]
    fn a_link_without_its_proxy_is_refused() {
        let refused = Wiring::new(
            String::new(),
            vec![LinkPlan::new("a", "b")],
            &BTreeMap::new(),
            BTreeMap::new(),
        );
        assert_eq!(refused.expect_err("no address").0, "a -> b");
    }
}
