use bytes::Bytes;
use reqwest::header::{COOKIE, HeaderMap};

/// A whole request, as a stub was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// In upper case.
    pub(crate) method: String,
    /// As it was sent: percent-encoded.
    pub(crate) path: String,
    /// As it was sent, without the `?`.
    pub(crate) query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// In one line: `GET /users/7?full=true`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target())
    }

    /// The path and the query.
    pub(crate) fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The query's parameters, decoded.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        pairs(self.query.as_deref().unwrap_or_default())
    }

    /// The values of a header.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let values = self.headers.get_all(name).iter();
        let values = values.map(|it| String::from_utf8_lossy(it.as_bytes()).into_owned());
        values.collect()
    }

    /// The values of a cookie.
    pub(crate) fn cookies(&self, name: &str) -> Vec<String> {
        let headers = self.values(COOKIE.as_str());
        let pairs = headers.iter().flat_map(|header| header.split(';'));
        let named = pairs.filter_map(|pair| {
            let (is, value) = pair.split_once('=')?;
            (is.trim() == name).then(|| value.trim().to_owned())
        });
        named.collect()
    }
}

/// The pairs of a query or a form, decoded.
pub(crate) fn pairs(encoded: &str) -> Vec<(String, String)> {
    let mut url = reqwest::Url::parse("http://pairs/").expect("a URL");
    url.set_query(Some(encoded));
    let pairs = url.query_pairs();
    pairs
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}
