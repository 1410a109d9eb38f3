use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use reqwest::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING,
};

/// The answer of a contract.
#[derive(Clone, Debug)]
pub(crate) struct StubAnswer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// Of a body for which no header states it.
    pub(crate) content_type: Option<String>,
    pub(crate) body: Bytes,
    /// How long it is waited before it is given.
    pub(crate) delay: Duration,
}

impl StubAnswer {
    /// As it is sent.
    ///
    /// # Errors
    /// In plain words, what of it is not HTTP.
    pub(super) fn into_response(self) -> Result<Response<Full<Bytes>>, String> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("`{name}` is not a header's name"))?;
            // The server frames the body that it sends; a recorded length would contradict it.
            if [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION].contains(&name) {
                continue;
            }
            headers.append(&name, header_value(&name, value)?);
        }
        if let Some(of) = &self.content_type
            && !headers.contains_key(CONTENT_TYPE)
        {
            headers.insert(CONTENT_TYPE, header_value(&CONTENT_TYPE, of)?);
        }
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = hyper::StatusCode::from_u16(self.status)
            .map_err(|_| format!("{} is not a status code", self.status))?;
        *response.headers_mut() = headers;
        Ok(response)
    }
}

fn header_value(name: &HeaderName, value: &str) -> Result<HeaderValue, String> {
    HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| format!("the value of header `{name}` cannot be sent"))
}
