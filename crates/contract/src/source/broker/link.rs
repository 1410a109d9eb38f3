use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

/// What stands for itself in a path's segment (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The `_links` of a HAL resource, by relation.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Links(BTreeMap<String, Value>);

/// A link of a HAL resource.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Link {
    /// May have `{holes}`.
    pub(super) href: String,
    /// What it leads to.
    #[serde(default)]
    pub(super) name: Option<String>,
}

impl Links {
    /// The links of a resource; none where it has none.
    pub(crate) fn of(resource: &Value) -> Self {
        let links = resource.get("_links").and_then(Value::as_object);
        let links = links.into_iter().flatten();
        Self(
            links
                .map(|(rel, link)| (rel.clone(), link.clone()))
                .collect(),
        )
    }

    /// The first link of a relation.
    pub(super) fn get(&self, rel: &str) -> Option<Link> {
        self.all(rel).into_iter().next()
    }

    /// Every link of a relation, those without an address left out.
    pub(super) fn all(&self, rel: &str) -> Vec<Link> {
        let links = match self.0.get(rel) {
            Some(Value::Array(links)) => links.as_slice(),
            Some(link) => std::slice::from_ref(link),
            None => &[],
        };
        let links = links.iter();
        links
            .filter_map(|link| Link::deserialize(link).ok())
            .collect()
    }
}

impl Link {
    /// Its address with the holes filled.
    pub(super) fn filled(&self, values: &[(&str, &str)]) -> String {
        values
            .iter()
            .fold(self.href.clone(), |href, (name, value)| {
                let value = utf8_percent_encode(value, SEGMENT).to_string();
                href.replace(&format!("{{{name}}}"), &value)
            })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn links_are_one_or_many_and_their_holes_are_encoded() {
        let links = Links::of(&json!({ "_links": {
            "pb:version-tag": { "href": "/p/{version}/tags/{tag}", "templated": true },
            "pb:pacts": [{ "href": "/a", "name": "web" }, { "title": "no address" }, { "href": "/b" }],
        } }));
        let tag = links.get("pb:version-tag").expect("a link");
        let filled = tag.filled(&[("version", "1.0~2"), ("tag", "feat/a b")]);
        assert_eq!(filled, "/p/1.0~2/tags/feat%2Fa%20b");
        let pacts = links.all("pb:pacts");
        let pacts: Vec<_> = pacts
            .iter()
            .map(|it| (it.href.as_str(), it.name.as_deref()))
            .collect();
        assert_eq!(pacts, [("/a", Some("web")), ("/b", None)]);
        assert_eq!(links.get("self"), None);
        assert!(Links::of(&json!([])).all("self").is_empty());
    }
}
