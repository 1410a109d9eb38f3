//! Bodies of requests. Whatever is the same in every iteration is put together once.

mod multipart;

use std::sync::Arc;

use bytes::Bytes;
use rtest_core::plan::Body as Plan;

use self::multipart::Multipart;
use super::encoding::Encoding;
use super::scope::Scope;
use super::text::{Pieces, Text};
use super::values::Values;

/// A body, compiled.
#[derive(Debug)]
pub(crate) struct Body {
    /// The `content-type` that its kind brings.
    pub(crate) content_type: Option<String>,
    /// What parts the parts of a multipart body; belongs into its `content-type`.
    pub(crate) boundary: Option<String>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// The same in every iteration.
    Fixed(Bytes),
    /// To be filled in each.
    Text(Text),
    /// To be put together in each.
    Multipart(Multipart),
}

impl Body {
    /// The body that the plan asks for; nothing where it asks for none.
    ///
    /// # Errors
    /// A hole that nothing ever fills.
    pub(crate) fn compile(plan: &Plan, scope: &Scope<'_>) -> Result<Option<Self>, String> {
        let of_type = |content_type: &str, content: Content| Self {
            content_type: Some(content_type.to_owned()),
            ..content.into()
        };
        Ok(Some(match plan {
            Plan::Empty => return Ok(None),
            Plan::Text(text) => Content::from(Text::compile(text, Encoding::Plain, scope)?).into(),
            Plan::Json(json) => of_type(
                "application/json",
                Text::compile(json, Encoding::Json, scope)?.into(),
            ),
            Plan::Form(fields) => of_type(
                "application/x-www-form-urlencoded",
                parameters(fields, Encoding::Form, scope)?.into(),
            ),
            Plan::Multipart(parts) => {
                let multipart = Multipart::compile(parts, scope)?;
                let boundary = multipart.boundary().to_owned();
                Self {
                    boundary: Some(boundary.clone()),
                    ..of_type(
                        &format!("multipart/form-data; boundary={boundary}"),
                        multipart.into(),
                    )
                }
            }
            // A body without a type is bytes (RFC 9110, 8.3).
            Plan::File(bytes) => Content::Fixed(Bytes::from_owner(Arc::clone(bytes))).into(),
        }))
    }

    /// The body in one iteration.
    ///
    /// # Errors
    /// In plain words, why there is none this time.
    pub(crate) fn fill(&self, values: &Values) -> Result<Bytes, String> {
        match &self.content {
            Content::Fixed(bytes) => Ok(bytes.clone()),
            Content::Text(text) => match text.fill(values) {
                Ok(text) => Ok(Bytes::from(text.into_owned())),
                Err(empty) => Err(empty.to_string()),
            },
            Content::Multipart(multipart) => multipart.fill(values).map(Bytes::from),
        }
    }

    /// Whether it is the same in every iteration.
    pub(crate) const fn is_fixed(&self) -> bool {
        matches!(self.content, Content::Fixed(_))
    }
}

/// Of no type.
impl From<Content> for Body {
    fn from(content: Content) -> Self {
        Self {
            content_type: None,
            boundary: None,
            content,
        }
    }
}

impl From<Text> for Content {
    fn from(text: Text) -> Self {
        match text {
            Text::Fixed(text) => Self::Fixed(Bytes::from(text.into_string())),
            varying => Self::Text(varying),
        }
    }
}

impl From<Multipart> for Content {
    fn from(multipart: Multipart) -> Self {
        match multipart.fixed() {
            Some(bytes) => Self::Fixed(Bytes::from(bytes)),
            None => Self::Multipart(multipart),
        }
    }
}

/// `name=value&…`, each encoded.
///
/// # Errors
/// A hole that nothing ever fills.
pub(crate) fn parameters(
    parameters: &[(String, rtest_core::Template)],
    encoding: Encoding,
    scope: &Scope<'_>,
) -> Result<Text, String> {
    let mut pieces = Pieces::default();
    for (index, (name, value)) in parameters.iter().enumerate() {
        if index > 0 {
            pieces.fixed("&");
        }
        pieces.encoded(name, encoding);
        pieces.fixed("=");
        pieces.template(value, encoding, scope)?;
    }
    Ok(pieces.into_text())
}
