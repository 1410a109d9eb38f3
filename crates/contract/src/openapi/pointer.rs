use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// What a URI's fragment cannot hold as it is (RFC 3986, 3.5), beside `%` itself.
const NOT_IN_FRAGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A place in a document: a JSON pointer (RFC 6901), `/paths/~1users/post`. The empty one is the
/// whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub(crate) const fn root() -> Self {
        Self(String::new())
    }

    /// The pointer that text in RFC 6901's form is; `None` where it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.to_owned()))
    }

    /// The pointer in a URI's fragment, the `#` not included.
    pub(crate) fn from_fragment(fragment: &str) -> Option<Self> {
        let text = percent_decode_str(fragment).decode_utf8().ok()?;
        Self::parse(&text)
    }

    /// As a URI's fragment, the `#` not included.
    pub(crate) fn to_fragment(&self) -> String {
        utf8_percent_encode(&self.0, NOT_IN_FRAGMENT).to_string()
    }

    /// The member of this name.
    pub(crate) fn join(&self, name: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + name.len() + 1);
        text.push_str(&self.0);
        text.push('/');
        for character in name.chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text)
    }

    /// A member of a member.
    pub(crate) fn join_all(&self, names: &[&str]) -> Self {
        names.iter().fold(self.clone(), |at, name| at.join(name))
    }

    /// The item at this place.
    pub(crate) fn item(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// What `other` says, from here on.
    pub(crate) fn append(&self, other: &Self) -> Self {
        Self(format!("{}{}", self.0, other.0))
    }

    /// The names and numbers on the way, unescaped.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.split('/').skip(1).map(|step| {
            if step.contains('~') {
                Cow::Owned(step.replace("~1", "/").replace("~0", "~"))
            } else {
                Cow::Borrowed(step)
            }
        })
    }

    /// As `serde_json::Value::pointer` takes it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_on_the_way_in_and_unescaped_on_the_way_out() {
        let at = Pointer::root().join_all(&["paths", "/a~b/{id}", "get"]);
        assert_eq!(at.as_str(), "/paths/~1a~0b~1{id}/get");
        let steps: Vec<_> = at.steps().collect();
        assert_eq!(steps, ["paths", "/a~b/{id}", "get"]);
        assert_eq!(at.item(3).as_str(), "/paths/~1a~0b~1{id}/get/3");
    }

    #[test]
    fn a_fragment_is_read_back_as_the_pointer_that_it_was_made_of() {
        let at = Pointer::root().join_all(&["paths", "/a b/{id}", "ü#%"]);
        assert_eq!(Pointer::from_fragment(&at.to_fragment()), Some(at.clone()));
        assert!(at.to_fragment().is_ascii());
        // As people write it, unencoded.
        assert_eq!(
            Pointer::from_fragment("/paths/~1u~1{id}"),
            Pointer::parse("/paths/~1u~1{id}")
        );
        assert_eq!(Pointer::from_fragment("User"), None);
    }
}
