use std::borrow::Cow;
use std::fmt::Write as _;

use rtest_core::{Segment, Template};

use super::encoding::Encoding;
use super::scope::{Empty, Hole, Meaning, Scope};
use super::values::{Value, Values};

/// A text whose fixed holes are filled already, and whose fixed parts are encoded.
#[derive(Debug)]
pub(crate) enum Text {
    /// The same in every iteration.
    Fixed(Box<str>),
    /// To be filled in each.
    Varying(Box<[Piece]>),
}

/// A part of a text.
#[derive(Debug)]
pub(crate) enum Piece {
    /// As it is.
    Fixed(String),
    /// Whatever fills the hole, encoded.
    Hole(Box<Hole>, Encoding),
}

impl Text {
    /// # Errors
    /// A hole that nothing ever fills.
    pub(crate) fn compile(
        template: &Template,
        encoding: Encoding,
        scope: &Scope<'_>,
    ) -> Result<Self, String> {
        let mut pieces = Pieces::default();
        pieces.template(template, encoding, scope)?;
        Ok(pieces.into_text())
    }

    /// The text in one iteration.
    ///
    /// # Errors
    /// A hole for which there is no value this time.
    pub(crate) fn fill<'a>(&'a self, values: &'a Values) -> Result<Cow<'a, str>, Empty<'a>> {
        match self {
            Self::Fixed(text) => Ok(Cow::Borrowed(text)),
            Self::Varying(_) => {
                let mut out = String::new();
                self.fill_into(&mut out, values)?;
                Ok(Cow::Owned(out))
            }
        }
    }

    /// Appends the text in one iteration.
    ///
    /// # Errors
    /// A hole for which there is no value this time.
    pub(crate) fn fill_into<'a>(
        &'a self,
        out: &mut String,
        values: &'a Values,
    ) -> Result<(), Empty<'a>> {
        let pieces = match self {
            Self::Fixed(text) => {
                out.push_str(text);
                return Ok(());
            }
            Self::Varying(pieces) => pieces,
        };
        for piece in pieces {
            match piece {
                Piece::Fixed(text) => out.push_str(text),
                Piece::Hole(hole, encoding) => match hole.value(values)? {
                    Value::Text(text) => encoding.write(text, out),
                    Value::Number(number) => {
                        write!(out, "{number}").expect("a string takes everything");
                    }
                },
            }
        }
        Ok(())
    }

    /// The parts that are the same in every iteration.
    pub(crate) fn fixed_parts(&self) -> impl Iterator<Item = &str> {
        let (whole, pieces) = match self {
            Self::Fixed(text) => (Some(&**text), [].as_slice()),
            Self::Varying(pieces) => (None, &**pieces),
        };
        let pieces = pieces.iter().filter_map(|piece| match piece {
            Piece::Fixed(text) => Some(text.as_str()),
            Piece::Hole(..) => None,
        });
        whole.into_iter().chain(pieces)
    }

    /// Whether it is the same in every iteration.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }
}

/// A text that is put together from several.
#[derive(Debug, Default)]
pub(crate) struct Pieces(Vec<Piece>);

impl Pieces {
    /// Adds text as it is.
    pub(crate) fn fixed(&mut self, text: &str) {
        self.encoded(text, Encoding::Plain);
    }

    /// Adds text.
    pub(crate) fn encoded(&mut self, text: &str, encoding: Encoding) {
        match self.0.last_mut() {
            Some(Piece::Fixed(last)) => encoding.write(text, last),
            _ => {
                let mut first = String::new();
                encoding.write(text, &mut first);
                self.0.push(Piece::Fixed(first));
            }
        }
    }

    /// Adds a template.
    ///
    /// # Errors
    /// A hole that nothing ever fills.
    pub(crate) fn template(
        &mut self,
        template: &Template,
        encoding: Encoding,
        scope: &Scope<'_>,
    ) -> Result<(), String> {
        for segment in template.segments() {
            match segment {
                Segment::Text(text) => self.encoded(text, encoding.of_fixed_text()),
                Segment::Hole(name) => match scope.meaning(name) {
                    Some(Meaning::Fixed(value)) => self.encoded(value, encoding),
                    Some(Meaning::Hole(hole)) => self.0.push(Piece::Hole(Box::new(hole), encoding)),
                    None => return Err(format!("`{{{{ {name} }}}}` has no value here")),
                },
            }
        }
        Ok(())
    }

    /// The whole.
    pub(crate) fn into_text(mut self) -> Text {
        match self.0.as_mut_slice() {
            [] => Text::Fixed(Box::default()),
            [Piece::Fixed(text)] => Text::Fixed(std::mem::take(text).into_boxed_str()),
            _ => Text::Varying(self.0.into_boxed_slice()),
        }
    }
}
