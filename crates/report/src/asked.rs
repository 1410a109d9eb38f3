//! Who asks for the operations of a document: consumers, by what their contracts with its provider
//! rely on, and the load.

use rtest_metrics::RunRecord;
use rtest_metrics::record::CoverageEntry;

use crate::endpoints::EndpointRow;
use crate::number::{count, counted};

/// Who asks for an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    /// Consumers with how many of their interactions, in the order verified.
    pub(crate) consumers: Vec<(&'a str, u64)>,
    /// Requests of the load.
    pub(crate) load: u64,
}

impl Asked<'_> {
    /// `web ×2, load ×1,178`, or `nobody`.
    pub(crate) fn words(&self) -> String {
        if self.is_by_nobody() {
            return "nobody".to_owned();
        }
        let consumers = self.consumers.iter().copied();
        let load = (self.load > 0).then_some(("load", self.load));
        let all = consumers.chain(load);
        let words: Vec<String> = all
            .map(|(who, times)| format!("{who} ×{}", count(times)))
            .collect();
        words.join(", ")
    }

    pub(crate) fn is_by_nobody(&self) -> bool {
        self.consumers.is_empty() && self.load == 0
    }
}

/// Who asks for each operation of one document, and for what it does not have.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asking<'a> {
    /// By operation, in the document's order.
    pub(crate) operations: Vec<Asked<'a>>,
    /// What is asked for of the same provider and fits none of them, each request once.
    pub(crate) outside: Vec<Outside<'a>>,
}

/// A request for something that the document does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outside<'a> {
    /// A consumer, or `load`.
    pub(crate) who: &'a str,
    /// `GET /carts/7`.
    pub(crate) request: String,
}

impl<'a> Asking<'a> {
    /// Of these operations of one document; nothing where the run has no other contract with their
    /// provider, and no load on it.
    pub(crate) fn of(record: &'a RunRecord, operations: &[&CoverageEntry]) -> Option<Self> {
        let document = operations.first()?;
        let mut asking = Self {
            operations: vec![Asked::default(); operations.len()],
            outside: Vec::new(),
        };
        let mut anybody = false;
        let others = record.interactions.iter().filter(|interaction| {
            interaction.provider == document.provider
                && interaction.source != document.source
                && interaction.under.is_none()
        });
        for interaction in others {
            let Some(request) = Request::of(&interaction.request) else {
                continue; // a message
            };
            anybody = true;
            let Some(at) = request.operation(operations) else {
                asking.leave_out(&interaction.consumer, interaction.request.clone());
                continue;
            };
            let consumers = &mut asking.operations[at].consumers;
            let consumer = interaction.consumer.as_str();
            match consumers.iter_mut().find(|(known, _)| *known == consumer) {
                Some((_, times)) => *times += 1,
                None => consumers.push((consumer, 1)),
            }
        }
        let load = record.header.load.as_ref();
        if load.is_some_and(|load| load.target == document.provider) {
            anybody = true;
            for row in EndpointRow::all(record) {
                let line = format!("{} {}", row.method, row.endpoint);
                // One that has a name of its own does not say what it asks for.
                let Some(request) = Request::of(&line) else {
                    continue;
                };
                match request.operation(operations) {
                    Some(at) => asking.operations[at].load += row.numbers.requests,
                    None => asking.leave_out("load", line),
                }
            }
        }
        anybody.then_some(asking)
    }

    fn leave_out(&mut self, who: &'a str, request: String) {
        let outside = Outside { who, request };
        if !self.outside.contains(&outside) {
            self.outside.push(outside);
        }
    }

    /// `4 of 9 operations asked for, 1 request outside`.
    pub(crate) fn counts(&self) -> String {
        let asked = self.operations.iter().filter(|one| !one.is_by_nobody());
        let mut text = format!(
            "{} of {} asked for",
            asked.count(),
            counted(self.operations.len() as u64, "operation")
        );
        if !self.outside.is_empty() {
            let outside = counted(self.outside.len() as u64, "request");
            text.push_str(&format!(", {outside} outside"));
        }
        text
    }
}

/// A request as the first line of it: `GET /users/7?full=1`, `GET /users/:id`, `GET /users/{{ id }}`.
struct Request<'a> {
    method: &'a str,
    path: &'a str,
}

impl<'a> Request<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (method, rest) = line.split_once(' ')?;
        let path = rest.split(['?', '#']).next()?.trim_end();
        path.starts_with('/').then_some(Self { method, path })
    }

    /// The operation that it asks for: of several that it fits, the one with the most of its path
    /// written out.
    fn operation(&self, operations: &[&CoverageEntry]) -> Option<usize> {
        let fits = operations.iter().enumerate().filter_map(|(at, operation)| {
            let (method, template) = operation.operation.split_once(' ')?;
            if method != self.method {
                return None;
            }
            let below = self.path.strip_prefix(operation.base.as_str());
            let below = below.filter(|path| path.starts_with('/'));
            let literal = fit(template, below.unwrap_or(self.path))?;
            Some((literal, at))
        });
        let best = fits.max_by_key(|(literal, at)| (*literal, usize::MAX - at));
        best.map(|(_, at)| at)
    }
}

/// How many parts of the path are written out in the template, if the path fits it.
fn fit(template: &str, path: &str) -> Option<usize> {
    let parts = |path: &str| -> Vec<String> {
        let path = path.trim_end_matches('/');
        // What stands between braces may hold a slash of its own.
        let mut depth = 0_u32;
        let mut parts = vec![String::new()];
        for character in path.chars() {
            match character {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                '/' if depth == 0 => {
                    parts.push(String::new());
                    continue;
                }
                _ => {}
            }
            if let Some(part) = parts.last_mut() {
                part.push(character);
            }
        }
        parts
    };
    let (template, path) = (parts(template), parts(path));
    if template.len() != path.len() {
        return None;
    }
    let mut literal = 0;
    for (wanted, given) in template.iter().zip(&path) {
        if wanted == given {
            literal += 1;
        } else if !wanted.contains('{') || given.is_empty() {
            return None;
        }
    }
    Some(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_a_template_by_its_parts() {
        for (template, path, literal) in [
            ("/users/{id}", "/users/7", Some(2)),
            ("/users/{id}", "/users/:id", Some(2)),
            ("/users/{id}", "/users/{{ user.id / 2 }}", Some(2)),
            ("/users/{id}.json", "/users/7.json", Some(2)),
            ("/users/me", "/users/me", Some(3)),
            ("/users/me", "/users/7", None),
            ("/users/{id}", "/users/", None),
            ("/users/{id}", "/users/7/orders", None),
            ("/", "/", Some(1)),
        ] {
            assert_eq!(fit(template, path), literal, "{template} {path}");
        }
    }

    #[test]
    fn a_message_is_no_request() {
        assert!(Request::of("message \"order shipped\"").is_none());
        let request = Request::of("GET /users/7?full=1").expect("one");
        assert_eq!((request.method, request.path), ("GET", "/users/7"));
    }
}
