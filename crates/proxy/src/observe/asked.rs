use rtest_core::fnv1a;

use super::attempt::Correlation;
use crate::http1::{Body, NotUnderstood, find, read_request, switches_protocol};

/// What matters of a request's head to whoever looks on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Method and target, hashed.
    pub(super) call: u64,
    pub(super) correlation: Option<Correlation>,
}

impl Asked {
    pub(super) fn read(bytes: &[u8]) -> Result<Option<(usize, Self, Body)>, NotUnderstood> {
        read_request(bytes, |request, _| {
            if switches_protocol(request) {
                return Err(NotUnderstood);
            }
            let method = request.method.unwrap_or_default().to_owned();
            let target = request.path.unwrap_or_default();
            let call = fnv1a(format!("{method} {target}").as_bytes());
            let correlation = Correlation::HEADERS
                .iter()
                .find_map(|name| Correlation::of_header(name, find(request.headers, name)?));
            Ok(Self {
                method,
                call,
                correlation,
            })
        })
    }
}
