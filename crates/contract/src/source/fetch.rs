use std::time::Duration;

use reqwest::header::ACCEPT;

use super::MAX_FILE;
use crate::provider::innermost;
use crate::unreadable::{UnreadableContract, UnreadableKind};

/// Longest that fetching a contract may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Fetches a contract. Credentials may stand in the URL: `http://user:password@host/…`.
///
/// # Errors
/// Nobody answers, the answer is not 200, or it is too large.
pub(super) async fn fetch(url: &str) -> Result<Vec<u8>, UnreadableContract> {
    let shown = without_password(url);
    let failed = |why: String| UnreadableContract {
        span: None,
        kind: UnreadableKind::NotFetched {
            url: shown.clone(),
            why,
        },
    };
    let client = reqwest::Client::builder().timeout(PATIENCE).build();
    let client = client.map_err(|error| failed(innermost(&error)))?;
    let asked = client.get(url).header(ACCEPT, "application/json").send();
    let mut answer = asked.await.map_err(|error| failed(innermost(&error)))?;
    if answer.status() != 200 {
        return Err(failed(format!("it is answered {}", answer.status())));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.transpose() {
        bytes.extend_from_slice(&chunk.map_err(|error| failed(innermost(&error)))?);
        if bytes.len() as u64 > MAX_FILE {
            return Err(UnreadableContract {
                span: None,
                kind: UnreadableKind::TooLarge { file: shown },
            });
        }
    }
    Ok(bytes)
}

fn without_password(url: &str) -> String {
    match reqwest::Url::parse(url) {
        Ok(mut url) if url.password().is_some() => {
            // Fails only where there is no host.
            let _ = url.set_password(Some("…"));
            url.to_string()
        }
        _ => url.to_owned(),
    }
}
