use serde_json::{Map, Value};

use super::Location;
use crate::openapi::document::{Document, Version};
use crate::openapi::pointer::Pointer;

/// What a request carries to be let in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Credential {
    pub(crate) location: Location,
    /// Of the header, query parameter or cookie.
    pub(crate) name: String,
}

/// What an operation asks for, over all alternatives; nothing where one of them is to ask for
/// nothing.
pub(super) fn credentials(document: &Document, operation: &Map<String, Value>) -> Vec<Credential> {
    let alternatives = operation
        .get("security")
        .or_else(|| document.value().get("security"))
        .and_then(Value::as_array);
    let mut credentials = Vec::new();
    for alternative in alternatives.into_iter().flatten() {
        let Some(schemes) = alternative.as_object().filter(|all| !all.is_empty()) else {
            return Vec::new();
        };
        credentials.extend(schemes.keys().filter_map(|name| credential(document, name)));
    }
    credentials.sort();
    credentials.dedup();
    credentials
}

fn credential(document: &Document, scheme: &str) -> Option<Credential> {
    let schemes = match document.version() {
        Version::V2 => Pointer::root().join("securityDefinitions"),
        Version::V3_0 | Version::V3_1 => {
            Pointer::root().join_all(&["components", "securitySchemes"])
        }
    };
    let (_, members) = document.object(&schemes.join(scheme))?;
    let text = |key: &str| members.get(key).and_then(Value::as_str);
    let (location, name) = match text("type")? {
        "apiKey" => {
            let location = match text("in")? {
                "query" => Location::Query,
                "cookie" => Location::Cookie,
                _ => Location::Header,
            };
            (location, text("name")?)
        }
        // Its certificate is shown when the connection is made.
        "mutualTLS" => return None,
        _ => (Location::Header, "Authorization"),
    };
    Some(Credential {
        location,
        name: name.to_owned(),
    })
}
