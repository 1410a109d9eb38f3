//! Where contracts come from: each is found first, and read when its turn comes.

pub(crate) mod broker;
mod fetch;
mod files;

pub(crate) use files::number;

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rtest_core::plan::ContractSource;

use crate::compute::compute;
use crate::unreadable::{UnreadableContract, UnreadableKind};
use broker::BrokeredPact;

/// Largest contract that is read, in bytes.
pub(crate) const MAX_FILE: u64 = 64 << 20;

/// A contract that was found.
#[derive(Debug)]
pub(crate) enum Document {
    File(PathBuf),
    Fetched { url: String, bytes: Vec<u8> },
    Brokered(Arc<BrokeredPact>),
}

/// The contracts of a source, in the order of their paths; of a folder, the files with one of
/// these extensions; of a broker, the pacts that it wants verified.
///
/// # Errors
/// The source is not there, or gives nothing.
pub(crate) async fn find(
    source: &ContractSource,
    extensions: &'static [&'static str],
) -> Result<Vec<Document>, UnreadableContract> {
    match source {
        ContractSource::Url(url) => {
            let bytes = fetch::fetch(url).await?;
            Ok(vec![Document::Fetched {
                url: url.clone(),
                bytes,
            }])
        }
        ContractSource::Broker(plan) => {
            let pacts = broker::find(plan).await?.into_iter();
            Ok(pacts.map(|it| Document::Brokered(Arc::new(it))).collect())
        }
        ContractSource::Path(root) => {
            let (root, shown) = (root.clone(), root.clone());
            let found = compute(move || files::files(&root, extensions)).await;
            let (file, error) = match found {
                Ok(Ok(files)) => return Ok(files.into_iter().map(Document::File).collect()),
                Ok(Err((path, error))) => (path, error),
                Err(panic) => (shown, io::Error::other(panic)),
            };
            Err(unopened(&file.display().to_string(), error))
        }
    }
}

impl Document {
    /// Its path or address, as the user is told it.
    pub(crate) fn shown(&self) -> Arc<str> {
        match self {
            Self::File(path) => path.display().to_string().into(),
            Self::Fetched { url, .. } => url.as_str().into(),
            Self::Brokered(pact) => Arc::clone(&pact.shown),
        }
    }

    /// The pact of a broker that it is.
    pub(crate) fn brokered(&self) -> Option<Arc<BrokeredPact>> {
        match self {
            Self::Brokered(pact) => Some(Arc::clone(pact)),
            Self::File(_) | Self::Fetched { .. } => None,
        }
    }

    /// What is in it.
    ///
    /// # Errors
    /// It cannot be read or fetched, or is too large.
    pub(crate) async fn bytes(self) -> Result<Vec<u8>, UnreadableContract> {
        match self {
            Self::Fetched { bytes, .. } => Ok(bytes),
            Self::Brokered(pact) => Ok(pact.bytes().await?),
            Self::File(path) => {
                let file = path.display().to_string();
                let read = compute(move || read(&path)).await;
                read.unwrap_or_else(|panic| Err(unopened(&file, io::Error::other(panic))))
            }
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, UnreadableContract> {
    let file = path.display().to_string();
    let mut bytes = Vec::new();
    // One byte more than the limit, so that a longer file is told from one of just that size.
    File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
        .map_err(|error| unopened(&file, error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(UnreadableContract {
            span: None,
            kind: UnreadableKind::TooLarge { file },
        });
    }
    Ok(bytes)
}

fn unopened(file: &str, error: io::Error) -> UnreadableContract {
    UnreadableContract {
        span: None,
        kind: UnreadableKind::Io {
            file: file.to_owned(),
            error,
        },
    }
}
