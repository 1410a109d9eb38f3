use rand::RngExt;
use rtest_core::Stream;
use serde_json::{Map, Value};

use super::{MOST, SOME, Shape};
use crate::regex_text;

/// Texts that match a pattern that are tried until one is of a length that is allowed.
const MOST_TRIES: usize = 20;

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// What bodies and queries can say beside letters: marks, blanks, letters of other scripts, one
/// outside of the basic plane. Control characters are not among it, but where a pattern asks.
const MARKS: &str = " -_.,:;!?'\"()[]{}<>/\\@#$%&*+=|~^`äßñ漢字жש😀";

/// What text may hold, by where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    /// Bodies and queries: anything.
    Any,
    /// Headers and cookies: what needs no escaping there.
    Token,
    /// Parts of a list or an object that are put side by side: without what may part them.
    Part,
    /// A segment of a path: not empty, not `.` or `..`, without slashes, which many servers take
    /// for more segments.
    Segment,
}

impl Alphabet {
    /// Whether a value can stand there.
    pub(crate) fn can_say(self, value: &Value) -> bool {
        match value {
            Value::String(text) => match self {
                Self::Any => true,
                Self::Token => {
                    text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && text.trim() == text
                }
                Self::Part => {
                    let is_plain =
                        |byte: u8| byte.is_ascii_alphanumeric() || b"-_:@+".contains(&byte);
                    !text.is_empty() && text.bytes().all(is_plain)
                }
                Self::Segment => {
                    !matches!(text.as_str(), "" | "." | "..")
                        && !text.contains(['/', '\\'])
                        && !text.contains(char::is_control)
                }
            },
            // A list of nothing cannot be told from an empty segment, nor nothing from one.
            Value::Array(items) if items.is_empty() => self != Self::Part,
            Value::Object(members) if members.is_empty() => self != Self::Part,
            Value::Array(items) => items.iter().all(|item| self.can_say(item)),
            Value::Object(members) => members.values().all(|member| self.can_say(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => true,
        }
    }
}

/// Text that is valid under a schema, as far as its pattern, format and lengths go.
pub(super) fn text(
    schema: &Map<String, Value>,
    shape: Shape,
    alphabet: Alphabet,
    rng: &mut Stream,
) -> Option<String> {
    let count = |key: &str| schema.get(key).and_then(Value::as_u64);
    let floor = u64::from(matches!(alphabet, Alphabet::Segment | Alphabet::Part));
    let least = count("minLength").unwrap_or(0).max(floor);
    let most = count("maxLength").unwrap_or(least + SOME).max(least);
    let fits = |text: &String| {
        let length = text.chars().count() as u64;
        (least..=count("maxLength").unwrap_or(u64::MAX)).contains(&length)
    };
    if let Some(Value::String(pattern)) = schema.get("pattern") {
        let mut tries = (0..MOST_TRIES).filter_map(|_| regex_text::matching(pattern, rng));
        return tries.find(fits);
    }
    if let Some(Value::String(format)) = schema.get("format")
        && let Some(text) = of_format(format, rng)
    {
        return Some(text);
    }
    let length = match shape {
        Shape::Least => least,
        Shape::Most => most.min(least.max(MOST)),
        Shape::Any => rng.random_range(least..=most.min(least + SOME)),
    };
    let others = match (alphabet, shape) {
        (Alphabet::Any, Shape::Any) => MARKS,
        _ => "",
    };
    let letters: Vec<char> = LETTERS.chars().collect();
    let marks: Vec<char> = others.chars().collect();
    let characters = (0..length).map(|_| match rng.random_range(0..6) {
        0 if !marks.is_empty() => marks[rng.random_range(0..marks.len())],
        _ => letters[rng.random_range(0..letters.len())],
    });
    Some(characters.collect())
}

/// Text of a format; `None` for one that says nothing about the text.
fn of_format(format: &str, rng: &mut Stream) -> Option<String> {
    let mut number = |low: u32, high: u32| rng.random_range(low..=high);
    Some(match format {
        "date" => date(&mut number),
        "time" => format!("{}Z", time(&mut number)),
        "date-time" => format!("{}T{}Z", date(&mut number), time(&mut number)),
        "duration" => format!("P{}DT{}H", number(0, 30), number(0, 23)),
        "uuid" => {
            let mut hex =
                |digits: usize| format!("{:0digits$x}", number(0, u32::MAX) >> (32 - 4 * digits));
            // Version 4, variant 1 (RFC 9562, 5.4).
            format!(
                "{}-{}-4{}-a{}-{}{}",
                hex(8),
                hex(4),
                hex(3),
                hex(3),
                hex(8),
                hex(4)
            )
        }
        "email" | "idn-email" => format!("user{}@example.com", number(1, 99_999)),
        "hostname" | "idn-hostname" => format!("host{}.example.com", number(1, 99_999)),
        "uri" | "iri" | "url" => format!("https://example.com/{}", number(1, 99_999)),
        "uri-reference" | "iri-reference" => format!("/path/{}", number(1, 99_999)),
        "ipv4" => format!("192.0.2.{}", number(1, 254)),
        "ipv6" => format!("2001:db8::{:x}", number(1, 0xffff)),
        "json-pointer" => format!("/key{}", number(1, 99)),
        "regex" => "^a+$".to_owned(),
        // Base64 of three bytes each: no padding is needed.
        "byte" => format!("{:04}", number(0, 9_999)),
        _ => return None,
    })
}

fn date(number: &mut impl FnMut(u32, u32) -> u32) -> String {
    let (year, month, day) = (number(1970, 2099), number(1, 12), number(1, 28));
    format!("{year}-{month:02}-{day:02}")
}

fn time(number: &mut impl FnMut(u32, u32) -> u32) -> String {
    let (hour, minute, second) = (number(0, 23), number(0, 59), number(0, 59));
    format!("{hour:02}:{minute:02}:{second:02}")
}
