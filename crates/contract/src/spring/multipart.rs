use super::folder::Folder;
use super::named::java;
use super::part::{Fault, Part};

/// What separates the parts where the contract does not say it.
const BOUNDARY: &str = "rtest-boundary-7MA4YWxkTrZu0gW";

/// A body of several parts: the fields of a form, and files.
#[derive(Clone, Debug)]
pub(super) struct Multipart {
    parts: Vec<FormPart>,
}

#[derive(Clone, Debug)]
struct FormPart {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Vec<u8>,
}

impl Multipart {
    /// # Errors
    /// It is malformed, or has values that only a method in Java knows.
    pub(super) fn read(part: &Part<'_>, folder: &Folder) -> Result<Self, Fault> {
        let keyed = part.keyed("`multipart`", &["params", "named"])?;
        let mut parts = Vec::new();
        if let Some(params) = keyed.get("params") {
            for (name, value) in params.members()? {
                parts.push(FormPart {
                    name: name.to_owned(),
                    file_name: None,
                    content_type: None,
                    content: value.text()?.into_bytes(),
                });
            }
        }
        parts.extend(keyed.each("named", |part| named(part, folder))?);
        Ok(Self { parts })
    }

    /// The names of parts that a body has not.
    pub(super) fn missing_in(&self, body: &[u8]) -> Vec<&str> {
        let text = String::from_utf8_lossy(body);
        let names = self.parts.iter().map(|part| part.name.as_str());
        let is_missing = |name: &&str| !text.contains(&format!("name=\"{name}\""));
        names.filter(is_missing).collect()
    }

    /// The content type and the bytes of the body.
    pub(super) fn build(&self, content_type: Option<&str>) -> (String, Vec<u8>) {
        let stated = content_type.unwrap_or("multipart/form-data");
        let boundary = stated.split_once("boundary=");
        let boundary = boundary.map(|(_, rest)| rest.split(';').next().unwrap_or_default());
        let (content_type, boundary) = match boundary.map(|it| it.trim().trim_matches('"')) {
            Some(boundary) if !boundary.is_empty() => (stated.to_owned(), boundary),
            _ => (format!("{stated}; boundary={BOUNDARY}"), BOUNDARY),
        };
        let mut body = Vec::new();
        for part in &self.parts {
            let quoted = |text: &str| text.replace(['"', '\r', '\n'], "_");
            let mut head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
                quoted(&part.name)
            );
            if let Some(name) = &part.file_name {
                head.push_str(&format!("; filename=\"{}\"", quoted(name)));
            }
            head.push_str("\r\n");
            if let Some(of) = &part.content_type {
                head.push_str(&format!("Content-Type: {}\r\n", quoted(of)));
            }
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n");
            body.extend_from_slice(&part.content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (content_type, body)
    }
}

fn named(part: &Part<'_>, folder: &Folder) -> Result<FormPart, Fault> {
    const WHAT: &str = "a named part";
    const COMMANDS: [&str; 3] = [
        "fileNameCommand",
        "fileContentCommand",
        "contentTypeCommand",
    ];
    let known = [
        "paramName",
        "fileName",
        "fileContent",
        "fileContentAsBytes",
        "fileContentFromFileAsBytes",
        "contentType",
    ];
    let keyed = part.keyed(WHAT, &[&known[..], &COMMANDS].concat())?;
    if let Some(command) = COMMANDS.iter().find_map(|key| keyed.get(key)) {
        return Err(java(&command));
    }
    let content = if let Some(text) = keyed.read("fileContent", Part::text)? {
        text.into_bytes()
    } else if let Some(text) = keyed.read("fileContentAsBytes", Part::text)? {
        text.into_bytes()
    } else {
        let file = keyed.required(WHAT, "fileContentFromFileAsBytes");
        let file = file.map_err(|_| part.broken("a named part has no content"))?;
        folder.read(&file.text()?).map_err(|why| file.broken(why))?
    };
    Ok(FormPart {
        name: keyed.required(WHAT, "paramName")?.text()?,
        file_name: keyed.read("fileName", Part::text)?,
        content_type: keyed.read("contentType", Part::text)?,
        content,
    })
}
