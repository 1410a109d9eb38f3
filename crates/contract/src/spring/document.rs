use std::path::{Component, Path};
use std::sync::Arc;

use super::contract::{self, SpringContract};
use super::folder::Folder;
use super::http::SpringHttp;
use super::part::Part;
use super::place::Place;
use crate::interaction::{Contract, Exchange, Interaction};
use crate::json_text::{JsonText, Step};
use crate::source;
use crate::unreadable::{UnreadableContract, UnreadableKind};
use crate::yaml_text::{self, Limits};

/// Who relies on contracts that stand in no folder of their own.
const ANYONE: &str = "any consumer";

/// The contracts of a file: of one document or several, each of one contract or a list.
///
/// # Errors
/// It is no YAML in UTF-8, or more than is taken. A contract that is malformed does not fail the
/// others: it is one that cannot be verified.
pub(super) fn read(
    bytes: Vec<u8>,
    shown: Arc<str>,
    provider: &str,
    root: &Path,
) -> Result<Contract, UnreadableContract> {
    let file = Path::new(&*shown);
    let folder = Folder::of(file);
    let text = Arc::new(JsonText::decode(bytes, Arc::clone(&shown))?);
    let documents =
        yaml_text::documents(&text, Limits::SMALL).map_err(|error| UnreadableContract {
            span: Some(error.span),
            kind: UnreadableKind::NotYaml(error.why),
        })?;
    let mut interactions = Vec::new();
    for document in documents {
        let place = Place {
            text: Arc::clone(&text),
            document: Arc::new(document),
        };
        let whole = Part {
            value: &place.document.value,
            at: Vec::new(),
        };
        for part in whole.one_or_many() {
            interactions.push(Interaction {
                in_order: is_numbered(file),
                ..interaction(&part, &place, &folder)
            });
        }
    }
    name_the_nameless(&mut interactions, file);
    Ok(Contract {
        consumer: consumer(file, root),
        provider: provider.to_owned(),
        source: shown,
        interactions,
    })
}

fn interaction(part: &Part<'_>, place: &Place, folder: &Folder) -> Interaction {
    let read = SpringContract::read(part, folder);
    let (span, request, exchange) = match read {
        Ok(contract) => {
            let request = contract.request.line();
            let exchange: Arc<dyn Exchange> = Arc::new(SpringHttp {
                contract: Arc::new(contract),
                place: place.clone(),
            });
            (place.span(&named_at(part)), request, Ok(exchange))
        }
        Err(fault) => (
            place.span(&fault.at),
            contract::request_line(part),
            Err(fault.obstacle),
        ),
    };
    Interaction {
        description: contract::name(part).unwrap_or_default(),
        states: Vec::new(),
        request,
        span,
        pending: false,
        in_order: false,
        exchange,
    }
}

/// The way to what names the contract best.
fn named_at(part: &Part<'_>) -> Vec<Step> {
    let mut at = part.at.clone();
    let keys = ["name", "description", "request"];
    let key = keys.iter().find(|key| part.value.get(**key).is_some());
    at.extend(key.map(|key| Step::Key((*key).to_owned())));
    at
}

/// Those without a name or a description are called by their file, as Spring Cloud Contract calls
/// their tests; with a number where the file has several.
fn name_the_nameless(interactions: &mut [Interaction], file: &Path) {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let several = interactions.len() > 1;
    for (index, one) in interactions.iter_mut().enumerate() {
        if one.description.is_empty() {
            one.description = match several {
                true => format!("{stem} {}", index + 1),
                false => stem.to_string(),
            };
        }
    }
}

/// Files that begin with a number are a scenario: they are asked in that order.
fn is_numbered(file: &Path) -> bool {
    let name = file.file_name().and_then(|it| it.to_str());
    name.and_then(source::number).is_some()
}

/// The folder of the source that the file is in, or below.
fn consumer(file: &Path, root: &Path) -> String {
    let below = file.strip_prefix(root).ok().and_then(Path::parent);
    let first = below.and_then(|below| below.components().next());
    match first {
        Some(Component::Normal(name)) => name.to_string_lossy().into_owned(),
        _ => ANYONE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixture(name: &str) -> (String, Vec<u8>) {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../fixtures/spring-cloud-contracts"
        );
        let path = format!("{folder}/{name}");
        let bytes = std::fs::read(&path).expect(name);
        (path, bytes)
    }

    proptest::proptest! {
        #[test]
        fn a_damaged_contract_is_read_or_refused_without_a_panic(
            name in proptest::sample::select(vec![
                "web/products.yaml",
                "web/scenario/1_registers_a_user.yaml",
                "mobile/orders.yaml",
            ]),
            damage in proptest::collection::vec(
                (0_usize..4000, proptest::sample::select(&b"0{}[]\"':-$*&!|>%@`? \n\tx\xff"[..])),
                1..4,
            ),
        ) {
            let (path, mut bytes) = fixture(name);
            for (at, byte) in damage {
                let at = at % bytes.len();
                bytes[at] = byte;
            }
            let _ = read(bytes, path.as_str().into(), "storefront", Path::new(""));
        }
    }

    #[test]
    fn the_consumer_is_the_folder_below_the_source() {
        let of = |file: &str, root: &str| consumer(Path::new(file), Path::new(root));
        assert_eq!(of("c/web/a.yaml", "c"), "web");
        assert_eq!(of("c/web/scenario/1_a.yaml", "c/"), "web");
        assert_eq!(of("c/a.yaml", "c"), ANYONE);
        assert_eq!(of("c/web/a.yaml", "c/web/a.yaml"), ANYONE);
    }
}
