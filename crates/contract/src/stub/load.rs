use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rtest_core::plan::ContractSource;
use rtest_core::{Seed, Span};

use super::choice::Role;
use crate::interaction::{Contract, Obstacle};
use crate::pact::Pacts;
use crate::source;
use crate::spring::SpringContracts;
use crate::unreadable::UnreadableContract;
use crate::verification::{Format, Read, read};

/// What stands in for the provider where contracts do not name one.
const ANY_PROVIDER: &str = "provider";

/// The answers of contracts, ready to be served.
#[derive(Debug)]
pub struct Stub {
    pub(super) roles: Vec<Role>,
    pub(super) seed: Seed,
    not_served: Vec<NotServed>,
}

/// A contract, or an interaction of one, that a stub does not serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotServed {
    /// What, and why not.
    pub why: String,
    /// Where it stands, if it stands anywhere.
    pub span: Option<Span>,
}

/// Contracts of which a stub cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct LoadError(String);

impl Stub {
    /// Reads contracts: pacts (`*.json`) and those of Spring Cloud Contract (`*.yaml`, `*.yml`),
    /// files and folders of either, and addresses of pacts. Only pacts of the provider, where one
    /// is named. Values that contracts want generated are drawn from `seed`.
    ///
    /// # Errors
    /// A source is not there, or there is nothing to serve.
    pub async fn load(
        sources: &[ContractSource],
        provider: Option<&str>,
        seed: Seed,
    ) -> Result<Self, LoadError> {
        let mut stub = Self {
            roles: Vec::new(),
            seed,
            not_served: Vec::new(),
        };
        for source in sources {
            for format in formats(source, provider) {
                stub.read(source, format).await?;
            }
        }
        if stub.roles.is_empty() {
            let sources: Vec<String> = sources.iter().map(|it| format!("`{it}`")).collect();
            let hold = if sources.len() == 1 { "holds" } else { "hold" };
            let mut why = format!("{} {hold} no answer to serve", sources.join(", "));
            if let Some(provider) = provider {
                why.push_str(&format!(" of provider `{provider}`"));
            }
            for one in &stub.not_served {
                why.push_str(&format!("\n  {one}"));
            }
            return Err(LoadError(why));
        }
        Ok(stub)
    }

    /// How many interactions are served; at least one.
    pub fn interactions(&self) -> usize {
        self.roles.len()
    }

    /// What of the contracts is not served.
    pub fn not_served(&self) -> &[NotServed] {
        &self.not_served
    }

    async fn read(
        &mut self,
        source: &ContractSource,
        format: Arc<dyn Format>,
    ) -> Result<(), LoadError> {
        let found = source::find(source, format.extensions()).await;
        let found = found.map_err(|error| LoadError(error.to_string()))?;
        for document in found {
            let shown = document.shown();
            let format = Arc::clone(&format);
            let name = Arc::clone(&shown);
            match read(document, shown, format).await {
                Ok(Read::Contract(contract)) => self.add(contract),
                Ok(Read::OtherProvider(provider)) => self.not_served.push(NotServed {
                    why: format!("{name}: it is for provider `{provider}`"),
                    span: None,
                }),
                Err(UnreadableContract { span, kind }) => self.not_served.push(NotServed {
                    why: kind.to_string(),
                    span,
                }),
            }
        }
        Ok(())
    }

    fn add(&mut self, contract: Contract) {
        let contract = Arc::new(contract);
        for (index, interaction) in contract.interactions.iter().enumerate() {
            let why = match interaction.exchange.as_ref().map(|it| it.double()) {
                Ok(Ok(_)) => {
                    let contract = Arc::clone(&contract);
                    self.roles.push(Role { contract, index });
                    continue;
                }
                Ok(Err(why)) => why,
                Err(
                    Obstacle::Skipped(why) | Obstacle::Unsupported(why) | Obstacle::Broken(why),
                ) => why.clone(),
            };
            self.not_served.push(NotServed {
                why: format!(
                    "`{}` of `{}`: {why}",
                    interaction.description, contract.consumer
                ),
                span: Some(interaction.span.clone()),
            });
        }
    }
}

/// What may be in a source: of a file what its name says, of a folder everything.
fn formats(source: &ContractSource, provider: Option<&str>) -> Vec<Arc<dyn Format>> {
    let pacts: Arc<dyn Format> = Arc::new(Pacts {
        provider: provider.map(str::to_owned),
        messages: "/".to_owned(),
    });
    let name = provider.unwrap_or(ANY_PROVIDER);
    let spring: Arc<dyn Format> = Arc::new(SpringContracts::new(name, source));
    let is_yaml = |path: &Path| {
        let extension = path.extension().and_then(|it| it.to_str());
        let extension = extension.unwrap_or_default();
        let mut known = spring.extensions().iter();
        known.any(|it| it.eq_ignore_ascii_case(extension))
    };
    match source {
        ContractSource::Path(path) if path.is_dir() => vec![pacts, spring],
        ContractSource::Path(path) if is_yaml(path) => vec![spring],
        _ => vec![pacts],
    }
}

impl fmt::Display for NotServed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.span {
            Some(span) => write!(f, "{span}: {}", self.why),
            None => f.write_str(&self.why),
        }
    }
}
