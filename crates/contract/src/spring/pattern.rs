use super::part::{Fault, Keyed};
use crate::bounded_regex;
use crate::mismatch::shorten;

/// A regular expression that a whole text must match, as Java's `matches` has it.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    shown: String,
    engine: Engine,
}

#[derive(Clone, Debug)]
enum Engine {
    /// Linear in the text.
    Plain(regex::Regex),
    /// For look-around and back-references; it gives up after a million steps.
    Backtracking(Box<fancy_regex::Regex>),
}

impl Pattern {
    /// # Errors
    /// In plain words, why it cannot be run.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        if let Some(why) = bounded_regex::too_much(text) {
            return Err(why);
        }
        let whole = format!(r"\A(?:{text})\z");
        let engine = match bounded_regex::bounded(&whole).build() {
            Ok(regex) => Engine::Plain(regex),
            Err(_) => match fancy_regex::Regex::new(&whole) {
                Ok(regex) => Engine::Backtracking(Box::new(regex)),
                Err(error) => {
                    let why = error.to_string();
                    let why = why.lines().last().unwrap_or_default().trim();
                    let text = shorten(text, 60);
                    return Err(format!("`{text}` is not a regular expression: {why}"));
                }
            },
        };
        Ok(Self {
            shown: format!("text matching /{}/", shorten(text, 60)),
            engine,
        })
    }

    /// The one that `predefined` or `regex_key` has; nothing where neither is there.
    pub(super) fn read(keyed: &Keyed<'_>, regex_key: &str) -> Result<Option<Self>, Fault> {
        if let Some(part) = keyed.get("predefined") {
            let name = part.text()?;
            let found = PREDEFINED.iter().find(|(known, ..)| *known == name);
            let Some((_, what, text)) = found else {
                let names = || PREDEFINED.iter().map(|(name, ..)| *name);
                let hint = match rtest_core::nearest(&name, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
                };
                return Err(part.broken(format!("no pattern is predefined as `{name}`: {hint}")));
            };
            let pattern = Self::new(text).map_err(|why| part.broken(why))?;
            return Ok(Some(pattern.called(what)));
        }
        keyed.read(regex_key, |part| {
            Self::new(&part.text()?).map_err(|why| part.broken(why))
        })
    }

    /// A date, a time, a date and time, as `by_date`, `by_time` and `by_timestamp` have them.
    pub(super) fn predefined(name: &str) -> Self {
        let (_, what, text) = PREDEFINED
            .iter()
            .find(|(known, ..)| *known == name)
            .expect("named in this crate");
        let pattern = Self::new(text).expect("a regular expression of this file");
        pattern.called(what)
    }

    fn called(mut self, what: &str) -> Self {
        self.shown = what.to_owned();
        self
    }

    /// What it asks for, in words.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether the whole text matches.
    ///
    /// # Errors
    /// In plain words, why that cannot be said.
    pub(super) fn matches(&self, text: &str) -> Result<bool, String> {
        match &self.engine {
            Engine::Plain(regex) => Ok(regex.is_match(text)),
            Engine::Backtracking(regex) => regex
                .is_match(text)
                .map_err(|error| format!("{} could not be tried: {error}", self.shown)),
        }
    }
}

/// What `predefined` names: what it asks for, and the regular expression that Spring Cloud
/// Contract 4 has for it (`RegexPatterns`; Java's `\d` is ASCII). The host of `url` is spelled
/// without the repetitions within repetitions of the original, which accept the same.
pub(super) const PREDEFINED: [(&str, &str, &str); 15] = [
    ("only_alpha_unicode", "letters only", r"\p{L}*"),
    ("number", "a number", r"-?([0-9]*\.[0-9]+|[0-9]+)"),
    (
        "any_double",
        "a number with a fraction",
        r"-?([0-9]*\.[0-9]+)",
    ),
    ("any_boolean", "true or false", r"(true|false)"),
    (
        "ip_address",
        "an IPv4 address",
        r"([01]?[0-9][0-9]?|2[0-4][0-9]|25[0-5])(\.([01]?[0-9][0-9]?|2[0-4][0-9]|25[0-5])){3}",
    ),
    (
        "hostname",
        "a host's name",
        r"((http[s]?|ftp):/)/?([^:/\s]+)(:[0-9]{1,5})?",
    ),
    (
        "email",
        "an e-mail address",
        r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,6}",
    ),
    (
        "url",
        "a URL",
        concat!(
            r"(?:[A-Za-z][+-.\w^_]*:/{2})?(?:\S+(?::\S*)?@)?",
            r"(?:(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}",
            r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)",
            r"|[a-z\x{a1}-\x{ffff}0-9-]*[a-z\x{a1}-\x{ffff}0-9]",
            r"(?:\.[a-z\x{a1}-\x{ffff}0-9-]*[a-z\x{a1}-\x{ffff}0-9])*",
            r"(?:\.[a-z\x{a1}-\x{ffff}]{2,})|localhost)(?::[0-9]{2,5})?(?:/\S*)?"
        ),
    ),
    (
        "uuid",
        "a UUID",
        r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
    ),
    (
        "iso_date",
        "a date like 2017-01-31",
        r"([0-9]{4})-(0[1-9]|1[012])-(0[1-9]|[12][0-9]|3[01])",
    ),
    (
        "iso_date_time",
        "a date and time like 2017-01-31T23:59:58",
        r"([0-9]{4})-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12][0-9])T(2[0-3]|[01][0-9]):([0-5][0-9]):([0-5][0-9])",
    ),
    (
        "iso_time",
        "a time like 23:59:58",
        r"(2[0-3]|[01][0-9]):([0-5][0-9]):([0-5][0-9])",
    ),
    (
        "iso_8601_with_offset",
        "a date and time with its offset, like 2017-01-31T23:59:58+01:00",
        r"([0-9]{4})-(1[0-2]|0[1-9])-(3[01]|0[1-9]|[12][0-9])T(2[0-3]|[01][0-9]):([0-5][0-9]):([0-5][0-9])(\.[0-9]{1,6})?(Z|[+-][01][0-9]:[0-5][0-9])",
    ),
    ("non_empty", "text that is not empty", r"[\S\s]+"),
    ("non_blank", "text that is not blank", r"\s*\S[\S\s]*"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_predefined_pattern_takes_what_it_is_for_and_nothing_else() {
        let cases: [(&str, &[&str], &[&str]); 15] = [
            ("only_alpha_unicode", &["abcÄ", ""], &["a1", "a b"]),
            ("number", &["1", "-1.5", ".5"], &["1.", "one", ""]),
            ("any_double", &["1.5", "-.5"], &["1", "1."]),
            ("any_boolean", &["true", "false"], &["yes", "TRUE"]),
            (
                "ip_address",
                &["127.0.0.1", "255.255.255.255"],
                &["256.0.0.1", "1.2.3"],
            ),
            (
                "hostname",
                &["https://localhost:8080", "http://a.b"],
                &["localhost", "https://a:123456"],
            ),
            ("email", &["a.b@c.org"], &["a@b", "@c.org"]),
            (
                "url",
                &[
                    "http://localhost:80/a?b",
                    "ftp://u:p@1.2.3.4",
                    "a.example.org/x",
                ],
                &["http://", "a b"],
            ),
            (
                "uuid",
                &["01234567-89ab-cdef-0123-456789abcdef"],
                &["01234567-89AB-cdef-0123-456789abcdef", "1"],
            ),
            (
                "iso_date",
                &["2017-01-31"],
                &["2017-13-01", "17-01-01", "2017-01-31T"],
            ),
            (
                "iso_date_time",
                &["2017-01-31T23:59:58"],
                &["2017-01-31 23:59:58", "2017-01-31T24:00:00"],
            ),
            ("iso_time", &["23:59:58"], &["24:00:00", "1:02:03"]),
            (
                "iso_8601_with_offset",
                &["2017-01-31T23:59:58.123Z", "2017-01-31T23:59:58+01:00"],
                &["2017-01-31T23:59:58"],
            ),
            ("non_empty", &["a", "\n"], &[""]),
            ("non_blank", &[" a\n"], &["", " \n"]),
        ];
        assert_eq!(
            cases.map(|(name, ..)| name),
            PREDEFINED.map(|(name, ..)| name)
        );
        for (name, good, bad) in cases {
            let pattern = Pattern::predefined(name);
            for text in good {
                assert_eq!(pattern.matches(text), Ok(true), "{name}: {text}");
            }
            for text in bad {
                assert_eq!(pattern.matches(text), Ok(false), "{name}: {text}");
            }
        }
    }

    #[test]
    fn the_whole_text_must_match_and_javas_look_around_is_understood() {
        let digits = Pattern::new("[0-9]{3}|x").expect("a pattern");
        assert_eq!(digits.matches("123"), Ok(true));
        assert_eq!(digits.matches("1234"), Ok(false));
        assert_eq!(digits.matches("123\n"), Ok(false));
        let look = Pattern::new("(?=.*x)(a|b)\\1.*").expect("a pattern");
        assert_eq!(look.matches("aax"), Ok(true));
        assert_eq!(look.matches("abx"), Ok(false));
    }

    #[test]
    fn what_cannot_be_run_is_said_and_what_would_not_end_is_given_up() {
        for (text, words) in [
            ("(", "not a regular expression"),
            ("(((a{1000}){1000}){1000}){1000}", "repeats too much"),
        ] {
            let why = Pattern::new(text).expect_err(text);
            assert!(why.contains(words), "{why}");
        }
        let endless = Pattern::new("(?=a)(a*)*(a*)*(a*)*\\1b").expect("a pattern");
        let why = endless.matches(&"a".repeat(200)).expect_err("given up");
        assert!(why.contains("could not be tried"), "{why}");
    }
}
