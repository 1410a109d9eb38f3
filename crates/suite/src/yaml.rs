//! YAML text into a tree of [`Node`]s. Everything that knows the YAML library is here.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use rtest_core::{Code, Diagnostic, Span};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_yaml::budget::BudgetBreach;
use serde_yaml::{Error, Location, MessageFormatter as _, Spanned};

use crate::diagnostics::Diagnostics;
use crate::node::{Key, Kind, Node};
use crate::source::Source;

/// Mappings and lists within each other, at most. Reading takes up to 45 KB of stack for each
/// level in a debug build: 32 of them fit a thread of 2 MiB.
const MAX_DEPTH: usize = 32;

/// Nodes after all aliases are expanded, at most.
const MAX_NODES: usize = 50_000;

/// Nodes that aliases may add, at most.
const MAX_ALIASED: usize = 10_000;

/// Reads a text. What is wrong with its mappings (repeated keys, keys that are no text) is added
/// to `found`, and the rest is still read.
///
/// # Errors
/// Where the text is no YAML, or more than the limits allow: nothing can be read then.
pub(crate) fn parse(source: &Source, found: &mut Diagnostics) -> Result<Node, Box<Diagnostic>> {
    let options = serde_yaml::options! {
        // Untyped `no`, `012` and `1_000` stay the text that they are in a request's body.
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        non_finite_float_policy: serde_yaml::NonFiniteFloatPolicy::PassThrough,
        // Repeated keys are reported here, with both places.
        duplicate_keys: serde_yaml::DuplicateKeyPolicy::PassThrough,
        budget: serde_yaml::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: MAX_NODES * 4,
            max_recorded_anchor_events: MAX_NODES * 4,
            // One anchor may be used as often as the limits below allow.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_yaml::alias_limits! {
            max_total_replayed_events: MAX_ALIASED,
        },
        with_snippet: false,
    };
    match serde_yaml::from_str_with_options::<Raw>(source.text(), options) {
        Ok(raw) => Ok(Conversion { source, found }.node(raw)),
        Err(error) => Err(Box::new(unreadable(&error, source))),
    }
}

/// A node as the YAML library hands it over.
struct Raw(Spanned<RawKind>);

enum RawKind {
    Null,
    Bool(bool),
    Number(Number),
    /// `.inf`, `.nan` and numbers too large for a float: no JSON number, so their spelling counts.
    NotFinite,
    Text(String),
    Sequence(Vec<Raw>),
    Mapping(Vec<(Raw, Raw)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for RawKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawKind;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML node")
    }

    fn visit_unit<E>(self) -> Result<RawKind, E> {
        Ok(RawKind::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawKind, E> {
        Ok(RawKind::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawKind, E> {
        Ok(RawKind::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawKind, E> {
        Ok(RawKind::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<RawKind, E> {
        Ok(Number::from_f64(value).map_or(RawKind::NotFinite, RawKind::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<RawKind, E> {
        Ok(RawKind::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<RawKind, E> {
        Ok(RawKind::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawKind, A::Error> {
        let mut sequence = Vec::new();
        while let Some(item) = items.next_element()? {
            sequence.push(item);
        }
        Ok(RawKind::Sequence(sequence))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<RawKind, A::Error> {
        let mut mapping = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            mapping.push(entry);
        }
        Ok(RawKind::Mapping(mapping))
    }
}

/// Raw nodes into nodes with spans.
struct Conversion<'a> {
    source: &'a Source,
    found: &'a mut Diagnostics,
}

impl Conversion<'_> {
    fn node(&mut self, Raw(raw): Raw) -> Node {
        // Where the text of the node stands; for an alias that is its anchor, not its use.
        let place = raw.defined;
        let mut span = self
            .source
            .span(place.line(), place.column(), place.span().len());
        let kind = match raw.value {
            RawKind::Null => Kind::Null,
            RawKind::Bool(value) => Kind::Bool(value, self.spelling(place, &value)),
            RawKind::Number(value) => {
                let spelled = self.spelling(place, &value);
                Kind::Number(value, spelled)
            }
            RawKind::NotFinite => Kind::Text(self.spelling(place, &"inf")),
            RawKind::Text(text) => Kind::Text(text),
            RawKind::Sequence(items) => {
                Kind::Sequence(items.into_iter().map(|item| self.node(item)).collect())
            }
            RawKind::Mapping(entries) => self.mapping(entries),
        };
        // A block mapping has no mark of its own: as an item of a list it is marked at its first
        // key, as the value of a key at that key.
        if let Kind::Mapping(entries) = &kind
            && place.span().is_empty()
            && let Some((first, _)) = entries.first()
        {
            span = first.span.clone();
        }
        Node { span, kind }
    }

    /// The scalar as the suite has it; as `value` is shown where that cannot be said.
    fn spelling(&self, place: Location, value: &dyn fmt::Display) -> String {
        let in_text = || {
            let from = usize::try_from(place.span().byte_offset()?).ok()?;
            let len = usize::try_from(place.span().byte_len()?).ok()?;
            self.source.text().get(from..from.checked_add(len)?)
        };
        // `!!int "12"` has quotes around what it spells.
        match in_text().map(|text| text.trim_matches(['"', '\''])) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => value.to_string(),
        }
    }

    fn mapping(&mut self, entries: Vec<(Raw, Raw)>) -> Kind {
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut mapping = Vec::with_capacity(entries.len());
        let mut faulty = false;
        for (key, value) in entries {
            let key = self.node(key);
            let is_block = value.0.defined.span().is_empty();
            let mut value = self.node(value);
            if is_block && matches!(value.kind, Kind::Mapping(_) | Kind::Sequence(_)) {
                value.span = key.span.clone();
            }
            let Some(text) = key.scalar_text() else {
                if !matches!(key.kind, Kind::Faulty) {
                    self.found.add(bad_key(&key));
                }
                faulty = true;
                continue;
            };
            match seen.entry(text.to_owned()) {
                Entry::Occupied(first) => self.found.add(
                    Diagnostic::new(Code::Duplicate, format!("the key `{text}` is there twice"))
                        .at(&key.span)
                        .label("again")
                        .note(format!("it is first at {}", first.get())),
                ),
                Entry::Vacant(place) => {
                    place.insert(key.span.clone());
                    let text = text.to_owned();
                    mapping.push((
                        Key {
                            text,
                            span: key.span,
                        },
                        value,
                    ));
                }
            }
        }
        if faulty {
            Kind::Faulty
        } else {
            Kind::Mapping(mapping)
        }
    }
}

fn bad_key(key: &Node) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::Syntax,
        format!("a key is text, and this one is {}", key.describe()),
    )
    .at(&key.span);
    // `url: {{ x }}` is, to YAML, a mapping with a mapping as its key.
    if matches!(key.kind, Kind::Mapping(_)) {
        diagnostic.hint("a value that begins with `{{` needs quotes: `\"{{ name }}\"`")
    } else {
        diagnostic
    }
}

/// Why nothing can be read, in words for whoever wrote the suite.
fn unreadable(error: &Error, source: &Source) -> Diagnostic {
    let outermost = error.without_snippet();
    let mut cause = outermost;
    while let Error::AliasError { error, .. } = cause {
        cause = error;
    }
    // Of an alias it is the use that is at fault, not what it names.
    let place = match outermost.locations() {
        Some(locations) if matches!(outermost, Error::AliasError { .. }) => {
            Some(locations.reference_location)
        }
        _ => cause.location(),
    };
    let span = place.map_or_else(
        || source.span(1, 1, 1),
        |at| source.span(at.line(), at.column(), at.span().len()),
    );
    let new = |code, message: &str| Diagnostic::new(code, message).at(&span);
    match cause {
        Error::Budget {
            breach: BudgetBreach::Depth { .. },
            ..
        } => new(
            Code::BudgetExceeded,
            &format!("mappings and lists are nested more than {MAX_DEPTH} deep"),
        ),
        Error::Budget {
            breach: BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. },
            ..
        } => new(
            Code::BudgetExceeded,
            &format!("the suite has more than {MAX_NODES} nodes"),
        ),
        Error::Budget { .. } => new(
            Code::BudgetExceeded,
            "the suite has more aliases, anchors or text than a suite may",
        ),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => new(
            Code::BudgetExceeded,
            &format!("aliases expand to more than {MAX_ALIASED} nodes"),
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => {
            new(Code::Syntax, "the alias stands within what it names")
        }
        Error::UnknownAnchor { .. } => new(Code::Syntax, "the alias names no anchor")
            .hint("text that begins with `*` needs quotes"),
        Error::MultipleDocuments { .. } => new(Code::Syntax, "a second YAML document begins here")
            .hint("a suite is one document: remove the `---` before it"),
        other => {
            let message = serde_yaml::UserMessageFormatter.format_message(other);
            let message = message.replace(|c: char| c.is_control(), " ");
            let diagnostic = new(Code::Syntax, &format!("this is not YAML: {message}"));
            match syntax_hint(&message, &span) {
                Some(hint) => diagnostic.hint(hint),
                None => diagnostic,
            }
        }
    }
}

/// What most likely led to a syntax error.
fn syntax_hint(message: &str, span: &Span) -> Option<&'static str> {
    if message.contains("tab") {
        Some("indent with spaces")
    } else if span.text.contains("{{") {
        Some("a value with `{{ … }}` needs quotes: `\"{{ name }}\"`")
    } else if message.contains("unexpected character") {
        Some("text that begins with this character needs quotes")
    } else if message.contains("mapping values") {
        Some("text that holds `: ` needs quotes")
    } else {
        None
    }
}
