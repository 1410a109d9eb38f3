use std::cmp::Reverse;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cookie_store::RawCookie;
use reqwest::Url;
use reqwest::cookie::CookieStore;
use reqwest::header::HeaderValue;

/// The cookies of the case that has them, for each case begins without any.
#[derive(Debug, Default)]
pub(crate) struct Cookies(Mutex<Option<cookie_store::CookieStore>>);

impl Cookies {
    /// Forgets those of the case before; where a case does not keep any, none are sent.
    pub(crate) fn begin(&self, are_kept: bool) {
        *self.lock() = are_kept.then(Default::default);
    }

    fn lock(&self) -> MutexGuard<'_, Option<cookie_store::CookieStore>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As RFC 6265 has it: host, path, `Secure` and expiry.
impl CookieStore for Cookies {
    fn set_cookies(&self, set: &mut dyn Iterator<Item = &HeaderValue>, url: &Url) {
        if let Some(kept) = &mut *self.lock() {
            let set = set.filter_map(|value| {
                let text = value.to_str().ok()?;
                RawCookie::parse(text.to_owned()).ok()
            });
            kept.store_response_cookies(set, url);
        }
    }

    fn cookies(&self, url: &Url) -> Option<HeaderValue> {
        let kept = self.lock();
        let mut sent = kept.as_ref()?.matches(url);
        // Longer paths first, and of one path the oldest (5.4).
        sent.sort_by_key(|cookie| Reverse(cookie.path.len()));
        let sent: Vec<String> = sent
            .iter()
            .map(|cookie| format!("{}={}", cookie.name(), cookie.value()))
            .collect();
        if sent.is_empty() {
            return None;
        }
        HeaderValue::try_from(sent.join("; ")).ok()
    }
}
