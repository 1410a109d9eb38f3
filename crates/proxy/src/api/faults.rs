use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::TOXICS;
use serde_json::{Value, json};

use super::body::Fields;
use super::lease::Lease;
use super::{ApiError, Registry, answer};
use crate::toxic::{
    Attributes, Beyond, NameTaken, NoSuchToxic, ToxicConfig, Toxicity, Toxics, by_type_beyond,
    type_names_beyond,
};

/// Longer than this nobody waits for a controller that is gone.
const LONGEST_TTL: Duration = Duration::from_secs(24 * 3600);

/// The faults of `/rtest/v1`: toxics that Toxiproxy's API does not show, with a life that may end by
/// itself.
impl Registry {
    pub(super) async fn list_faults(&self, proxy: &str) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        let list = toxics.list();
        let faults = list.iter().filter(|config| config.beyond.is_some());
        Ok(faults.map(|config| self.fault(config)).collect())
    }

    pub(super) async fn show_fault(&self, proxy: &str, name: &str) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        Ok(self.fault(&find(&toxics, name)?))
    }

    pub(super) async fn create_fault(&self, proxy: &str, body: &[u8]) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        let fields = Fields::read(body, "Fault", "rtest")?;
        let kind = fields.string("type")?.unwrap_or_default();
        if by_type_beyond(&kind).is_none() {
            let known = type_names_beyond().collect::<Vec<_>>().join(", ");
            let message = format!("`type` is `{kind}`, but can be {known}");
            return Err(ApiError::bad_body(message));
        }
        only_known(&kind, &fields.attributes("attributes", "rtest.Attributes")?)?;
        let mut config = super::registry::read_toxic_fields(&fields, by_type_beyond, |_| false)?;
        let lease = ttl(&fields)?.map(|ttl| Arc::new(Lease::new(ttl, self.clock().now())));
        config.beyond = Some(Beyond {
            lease: lease.clone(),
        });
        let json = self.fault(&config);
        let stream = config.stream;
        let name = config.name.clone();
        let id = toxics
            .add(config)
            .map_err(|NameTaken| ApiError::fault_exists())?;
        if let Some(lease) = lease {
            let clock = self.clock();
            self.spawn(async move {
                tokio::select! {
                    () = toxics.gone(stream, id) => {}
                    () = lease.ended(&*clock) => toxics.remove_exactly(&name, id),
                }
            });
        }
        Ok(json)
    }

    /// Changes share and attributes; begins its life anew.
    pub(super) async fn update_fault(
        &self,
        proxy: &str,
        name: &str,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        find(&toxics, name)?;
        let fields = Fields::read(body, "Fault", "rtest")?;
        let renewed = ttl(&fields)?;
        let changes = fields.attributes("attributes", "rtest.Attributes")?;
        let toxicity = fields.float("toxicity")?.map(Toxicity::new);
        let merge = |config: &ToxicConfig| {
            only_known(config.toxic.type_name(), &changes)?;
            let mut merged = config.clone();
            merged.toxic = config.toxic.merged(&changes).map_err(ApiError::bad_body)?;
            merged.toxicity = toxicity.unwrap_or(config.toxicity);
            Ok::<_, ApiError>(merged)
        };
        let updated = toxics
            .update(name, merge)
            .map_err(|NoSuchToxic| ApiError::fault_not_found())??;
        self.renew(&updated, renewed)?;
        Ok(self.fault(&updated))
    }

    pub(super) async fn renew_fault(
        &self,
        proxy: &str,
        name: &str,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        let config = find(&toxics, name)?;
        let renewed = if body.is_empty() {
            None
        } else {
            ttl(&Fields::read(body, "Renewal", "rtest")?)?
        };
        self.renew(&config, renewed)?;
        Ok(self.fault(&config))
    }

    pub(super) async fn delete_fault(&self, proxy: &str, name: &str) -> Result<(), ApiError> {
        let toxics = self.toxics(proxy).await?;
        find(&toxics, name)?;
        toxics
            .remove(name)
            .map_err(|NoSuchToxic| ApiError::fault_not_found())
    }

    fn renew(&self, config: &ToxicConfig, ttl: Option<Duration>) -> Result<(), ApiError> {
        match lease_of(config) {
            Some(lease) => lease.renew(ttl, self.clock().now()),
            None if ttl.is_some() => return Err(ApiError::no_lease()),
            None => {}
        }
        Ok(())
    }

    fn fault(&self, config: &ToxicConfig) -> Value {
        let mut json = answer::toxic(config);
        if let Some(lease) = lease_of(config) {
            let left = lease.ends_at() - self.clock().now();
            json["ttl_ms"] = json!(lease.ttl().as_millis() as u64);
            json["left_ms"] = json!(left.as_millis() as u64);
        }
        if let Some(tally) = config.toxic.tally() {
            json["tally"] = json!({
                "requests": tally.requests,
                "matched": tally.matched,
                "struck": tally.struck,
                "not_http": tally.not_http,
            });
        }
        json
    }
}

fn lease_of(config: &ToxicConfig) -> Option<&Lease> {
    config.beyond.as_ref()?.lease.as_deref()
}

fn find(toxics: &Toxics, name: &str) -> Result<ToxicConfig, ApiError> {
    toxics
        .find(name)
        .filter(|config| config.beyond.is_some())
        .ok_or_else(ApiError::fault_not_found)
}

/// Toxiproxy's clients may send whatever they like; who asks for a fault and misspells what it is to
/// do would wait for it in vain.
fn only_known(kind: &str, given: &Attributes) -> Result<(), ApiError> {
    let known = TOXICS.iter().find(|(name, _)| *name == kind);
    let known = known.map_or(&[][..], |(_, attributes)| attributes);
    given
        .only(&format!("`{kind}`"), known)
        .map_err(ApiError::bad_body)
}

/// How long it lives without being renewed; for ever where absent.
fn ttl(fields: &Fields) -> Result<Option<Duration>, ApiError> {
    let ttl = fields.whole("ttl_ms")?.map(Duration::from_millis);
    match ttl {
        Some(ttl) if ttl.is_zero() || ttl > LONGEST_TTL => Err(ApiError::bad_body(
            "`ttl_ms` must be from 1 to 86400000, which is a day",
        )),
        other => Ok(other),
    }
}
