use std::sync::Arc;

use memchr::memmem;
use rtest_core::Seed;
use rtest_core::plan::{Part as Plan, PartContent};

use crate::step::encoding::Encoding;
use crate::step::scope::Scope;
use crate::step::text::Text;
use crate::step::values::Values;

/// A `multipart/form-data` body (RFC 7578).
#[derive(Debug)]
pub(super) struct Multipart {
    boundary: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    /// Its header, from the line of the boundary to the empty line.
    head: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(Text),
    File(Arc<[u8]>),
}

impl Multipart {
    /// # Errors
    /// A hole that nothing ever fills, or a content type that is not one line.
    pub(super) fn compile(plan: &[Plan], scope: &Scope<'_>) -> Result<Self, String> {
        let mut parts = Vec::with_capacity(plan.len());
        for part in plan {
            parts.push(match &part.content {
                PartContent::Text(text) => Part {
                    head: head(part, None, part.content_type.as_deref())?,
                    content: Content::Text(Text::compile(text, Encoding::Plain, scope)?),
                },
                PartContent::File { filename, bytes } => {
                    let unknown = "application/octet-stream";
                    let content_type = part.content_type.as_deref().unwrap_or(unknown);
                    Part {
                        head: head(part, Some(filename), Some(content_type))?,
                        content: Content::File(Arc::clone(bytes)),
                    }
                }
            });
        }
        Ok(Self {
            boundary: boundary(&parts),
            parts,
        })
    }

    /// What parts the parts.
    pub(super) fn boundary(&self) -> &str {
        &self.boundary
    }

    /// The whole, where it is the same in every iteration.
    pub(super) fn fixed(&self) -> Option<Vec<u8>> {
        let texts: Option<Vec<&str>> = self
            .parts
            .iter()
            .map(|part| match &part.content {
                Content::Text(Text::Fixed(text)) => Some(&**text),
                Content::Text(Text::Varying(_)) => None,
                Content::File(_) => Some(""),
            })
            .collect();
        texts.map(|texts| self.put_together(&texts))
    }

    /// The whole in one iteration.
    ///
    /// # Errors
    /// In plain words: a hole without a value, or a value that holds the boundary. No value holds
    /// it by accident.
    pub(super) fn fill(&self, values: &Values) -> Result<Vec<u8>, String> {
        let mut texts = Vec::with_capacity(self.parts.len());
        for part in &self.parts {
            texts.push(match &part.content {
                Content::Text(text) => text.fill(values).map_err(|empty| empty.to_string())?,
                Content::File(_) => "".into(),
            });
        }
        let holds = |text: &str| memmem::find(text.as_bytes(), self.boundary.as_bytes()).is_some();
        if texts.iter().any(|text| holds(text)) {
            let boundary = &self.boundary;
            return Err(format!(
                "a part holds `{boundary}`, which is to part the parts"
            ));
        }
        Ok(self.put_together(&texts))
    }

    /// `texts` has one for each part; a file's is of no meaning.
    fn put_together(&self, texts: &[impl AsRef<str>]) -> Vec<u8> {
        let mut out = Vec::new();
        for (part, text) in self.parts.iter().zip(texts) {
            let content = match &part.content {
                Content::Text(_) => text.as_ref().as_bytes(),
                Content::File(bytes) => bytes,
            };
            let (boundary, head) = (self.boundary.as_bytes(), part.head.as_bytes());
            for piece in [b"--", boundary, b"\r\n", head, content, b"\r\n"] {
                out.extend_from_slice(piece);
            }
        }
        for piece in [b"--", self.boundary.as_bytes(), b"--\r\n"] {
            out.extend_from_slice(piece);
        }
        out
    }
}

/// The header of a part. Names are escaped as browsers do (HTML, multipart/form-data encoding
/// algorithm).
fn head(part: &Plan, filename: Option<&str>, content_type: Option<&str>) -> Result<String, String> {
    let escaped = |name: &str| {
        let name = name.replace('"', "%22").replace('\r', "%0D");
        name.replace('\n', "%0A")
    };
    let mut head = format!(
        "Content-Disposition: form-data; name=\"{}\"",
        escaped(&part.name)
    );
    if let Some(filename) = filename {
        head.push_str(&format!("; filename=\"{}\"", escaped(filename)));
    }
    head.push_str("\r\n");
    if let Some(content_type) = content_type {
        if content_type.contains(['\r', '\n']) {
            let name = &part.name;
            return Err(format!(
                "the content type of the part `{name}` is not one line"
            ));
        }
        head.push_str(&format!("Content-Type: {content_type}\r\n"));
    }
    head.push_str("\r\n");
    Ok(head)
}

/// Always the same, but for parts that hold it.
fn boundary(parts: &[Part]) -> String {
    let words = |n: u64| [2 * n, 2 * n + 1].map(|n| Seed::new(0).derive(n).value());
    let boundaries = (0..).map(|n| {
        let [first, second] = words(n);
        format!("rtest-{first:016x}{second:016x}")
    });
    let is_free = |boundary: &String| {
        let holds = |text: &[u8]| memmem::find(text, boundary.as_bytes()).is_some();
        !parts.iter().any(|part| match &part.content {
            Content::Text(text) => text.fixed_parts().any(|text| holds(text.as_bytes())),
            Content::File(bytes) => holds(bytes),
        })
    };
    let mut free = boundaries.filter(is_free);
    free.next()
        .expect("no finite number of parts holds all boundaries")
}
