use std::collections::BTreeMap;
use std::sync::Arc;

use rtest_core::{Clock, Seed};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::ApiError;
use super::address::{listen_error, resolve};
use super::answer;
use super::body::{Fields, first_value, kind};
use super::metrics::{Metrics, MetricsShown};
use crate::error::{ProxyError, ProxyErrorKind};
use crate::proxy::{Proxy, ProxyConfig};
use crate::toxic::{NameTaken, NoSuchToxic, Stream, Toxic, ToxicConfig, Toxicity, Toxics, by_type};
use crate::traffic::Traffic;

/// The proxies that the control API knows, by name.
///
/// One request changes it at a time. None of them waits for a peer of a proxy; the longest wait is
/// for a name in a `listen` address to resolve, two seconds at most.
#[derive(Debug)]
pub struct Registry {
    seed: Seed,
    clock: Arc<dyn Clock>,
    proxies: Mutex<BTreeMap<String, Entry>>,
    metrics: Metrics,
    metrics_shown: MetricsShown,
    /// What ends faults whose controller is gone.
    leases: TaskTracker,
    closing: DropGuard,
}

/// A proxy as the API has it: other than [`Proxy`] it may not have a port yet.
#[derive(Debug)]
struct Entry {
    name: String,
    /// As given, until the proxy is first enabled; from then on the address it got.
    listen: String,
    upstream: String,
    toxics: Arc<Toxics>,
    proxy: Option<Proxy>,
}

/// What a request wants a proxy to be.
#[derive(Debug)]
struct Wanted {
    name: String,
    listen: String,
    upstream: String,
    enabled: bool,
}

impl Registry {
    /// No proxies. Their toxicity and jitter come from `seed`.
    pub fn new(seed: Seed, clock: Arc<dyn Clock>) -> Self {
        Self {
            seed,
            clock,
            proxies: Mutex::default(),
            metrics: Metrics::default(),
            metrics_shown: MetricsShown::default(),
            leases: TaskTracker::new(),
            closing: CancellationToken::new().drop_guard(),
        }
    }

    /// The same with `GET /metrics`.
    pub fn showing(mut self, metrics: MetricsShown) -> Self {
        self.metrics_shown = metrics;
        self
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// Runs this for as long as the registry lives at most.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let closing = self.closing.token().clone();
        self.leases.spawn(async move {
            closing.run_until_cancelled(task).await;
        });
    }

    pub(super) fn shows_metrics(&self) -> bool {
        self.metrics_shown.any()
    }

    pub(super) fn metrics(&self) -> String {
        self.metrics.text(self.metrics_shown)
    }

    /// Makes the proxies of a JSON array, as `POST /populate` and a config file have it. Returns
    /// how many there are of them now, those that were there before and unchanged included.
    ///
    /// # Errors
    /// The text is not such an array: nothing is changed. A proxy cannot listen: those before it
    /// are made.
    ///
    /// # Cancellation
    /// Each proxy is made whole or not at all.
    pub async fn populate(&self, json: &[u8]) -> Result<usize, ApiError> {
        let (result, proxies) = self.populate_listing(json).await;
        result.map(|()| proxies.len())
    }

    /// Closes every proxy.
    ///
    /// # Cancellation
    /// Those not yet closed stay.
    pub async fn close(&self) {
        let mut proxies = self.proxies.lock().await;
        while let Some((_, entry)) = proxies.pop_first() {
            // Its faults go too, and with them what waits for the end of their leases.
            entry.toxics.clear();
            entry.close().await;
        }
        drop(proxies);
        self.leases.close();
        self.leases.wait().await;
    }

    /// As [`Registry::populate`], with every proxy of it as JSON.
    pub(super) async fn populate_listing(&self, json: &[u8]) -> (Result<(), ApiError>, Vec<Value>) {
        let wanted = match Wanted::read_all(json) {
            Ok(wanted) => wanted,
            Err(error) => return (Err(error), Vec::new()),
        };
        let mut proxies = self.proxies.lock().await;
        let mut listing = Vec::new();
        for wanted in wanted {
            if let Some(existing) = proxies.get_mut(&wanted.name) {
                match existing.differs(&wanted.listen, &wanted.upstream).await {
                    Ok(false) => {
                        listing.push(existing.json());
                        continue;
                    }
                    Ok(true) => {
                        existing.toxics.clear();
                        existing.release().await;
                    }
                    Err(error) => return (Err(error), listing),
                }
            }
            match self.make(wanted).await {
                Ok(entry) => {
                    listing.push(entry.json());
                    proxies.insert(entry.name.clone(), entry);
                }
                Err(error) => return (Err(error), listing),
            }
        }
        (Ok(()), listing)
    }

    pub(super) async fn list(&self) -> Value {
        let proxies = self.proxies.lock().await;
        let by_name: Map<String, Value> = proxies
            .iter()
            .map(|(name, entry)| (name.clone(), entry.json()))
            .collect();
        by_name.into()
    }

    pub(super) async fn create(&self, body: &[u8]) -> Result<Value, ApiError> {
        let fields = Fields::read(body, "Proxy", "toxiproxy")?;
        let wanted = Wanted::read(&fields)?;
        if wanted.name.is_empty() {
            return Err(ApiError::missing_field("name"));
        }
        if wanted.upstream.is_empty() {
            return Err(ApiError::missing_field("upstream"));
        }
        let mut proxies = self.proxies.lock().await;
        if proxies.contains_key(&wanted.name) {
            return Err(ApiError::proxy_exists());
        }
        let entry = self.make(wanted).await?;
        let json = entry.json();
        proxies.insert(entry.name.clone(), entry);
        Ok(json)
    }

    pub(super) async fn show(&self, name: &str) -> Result<Value, ApiError> {
        let proxies = self.proxies.lock().await;
        proxies
            .get(name)
            .map(Entry::json)
            .ok_or_else(ApiError::proxy_not_found)
    }

    pub(super) async fn update(&self, name: &str, body: &[u8]) -> Result<Value, ApiError> {
        let mut proxies = self.proxies.lock().await;
        let entry = proxies
            .get_mut(name)
            .ok_or_else(ApiError::proxy_not_found)?;
        let fields = Fields::read(body, "Proxy", "toxiproxy")?;
        // The name is read to be checked, and then ignored.
        fields.string("name")?;
        let listen = fields.string("listen")?;
        let upstream = fields.string("upstream")?;
        let enabled = fields.bool("enabled")?.unwrap_or(entry.is_enabled());
        let listen = listen.unwrap_or_else(|| entry.listen.clone());
        let upstream = upstream.unwrap_or_else(|| entry.upstream.clone());
        if entry.differs(&listen, &upstream).await? {
            entry.move_to(listen, upstream).await;
        }
        if enabled {
            self.enable(entry).await?;
        } else {
            entry.disable().await;
        }
        Ok(entry.json())
    }

    pub(super) async fn delete(&self, name: &str) -> Result<(), ApiError> {
        let mut proxies = self.proxies.lock().await;
        let entry = proxies.remove(name).ok_or_else(ApiError::proxy_not_found)?;
        entry.toxics.clear();
        entry.close().await;
        Ok(())
    }

    /// Enables every proxy and removes all toxics; stops at the first that cannot listen.
    pub(super) async fn reset(&self) -> Result<(), ApiError> {
        let mut proxies = self.proxies.lock().await;
        for entry in proxies.values_mut() {
            self.enable(entry).await?;
            entry.toxics.clear();
        }
        Ok(())
    }

    pub(super) async fn list_toxics(&self, proxy: &str) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        Ok(answer::toxics(&seen_by_toxiproxy(&toxics)))
    }

    pub(super) async fn show_toxic(&self, proxy: &str, toxic: &str) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        let config = find(&toxics, toxic)?;
        Ok(answer::toxic(&config))
    }

    pub(super) async fn create_toxic(&self, proxy: &str, body: &[u8]) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        let config = read_toxic(body, |name| toxics.find(name).is_some())?;
        let json = answer::toxic(&config);
        toxics
            .add(config)
            .map_err(|NameTaken| ApiError::toxic_exists())?;
        Ok(json)
    }

    pub(super) async fn update_toxic(
        &self,
        proxy: &str,
        toxic: &str,
        body: &[u8],
    ) -> Result<Value, ApiError> {
        let toxics = self.toxics(proxy).await?;
        find(&toxics, toxic)?;
        let merge = |config: &ToxicConfig| {
            let fields = Fields::read(body, "", "toxiproxy")?;
            let changes = fields.attributes("attributes", "toxics.Toxic")?;
            let share = fields.float("toxicity")?;
            let mut merged = config.clone();
            merged.toxic = config.toxic.merged(&changes).map_err(ApiError::bad_body)?;
            merged.toxicity = share.map_or(config.toxicity, Toxicity::new);
            Ok(merged)
        };
        let updated = toxics
            .update(toxic, merge)
            .map_err(|NoSuchToxic| ApiError::toxic_not_found())??;
        Ok(answer::toxic(&updated))
    }

    pub(super) async fn delete_toxic(&self, proxy: &str, toxic: &str) -> Result<(), ApiError> {
        let toxics = self.toxics(proxy).await?;
        find(&toxics, toxic)?;
        toxics
            .remove(toxic)
            .map_err(|NoSuchToxic| ApiError::toxic_not_found())
    }

    pub(super) async fn toxics(&self, proxy: &str) -> Result<Arc<Toxics>, ApiError> {
        let proxies = self.proxies.lock().await;
        proxies
            .get(proxy)
            .map(|entry| entry.toxics.clone())
            .ok_or_else(ApiError::proxy_not_found)
    }

    async fn make(&self, wanted: Wanted) -> Result<Entry, ApiError> {
        let mut entry = Entry {
            name: wanted.name,
            listen: wanted.listen,
            upstream: wanted.upstream,
            toxics: Arc::default(),
            proxy: None,
        };
        if wanted.enabled {
            self.enable(&mut entry).await?;
        }
        Ok(entry)
    }

    /// Enables a proxy; the first time it gets its port.
    async fn enable(&self, entry: &mut Entry) -> Result<(), ApiError> {
        if let Some(proxy) = &entry.proxy {
            proxy.set_traffic(self.traffic(entry));
            return proxy.enable().await.map_err(explain);
        }
        let config = ProxyConfig {
            name: entry.name.clone(),
            listen: resolve(&entry.listen)
                .await
                .map_err(ApiError::of_listening)?,
            upstream: Some(entry.upstream.clone()),
            enabled: false,
            seed: self.seed,
            observer: None,
        };
        let proxy =
            Proxy::start_with_toxics(config, self.clock.clone(), entry.toxics.clone()).await;
        let proxy = proxy.map_err(explain)?;
        let given = std::mem::replace(&mut entry.listen, proxy.listen().to_string());
        // Before the first connection, which is to be counted too.
        proxy.set_traffic(self.traffic(entry));
        if let Err(error) = proxy.enable().await {
            entry.listen = given;
            return Err(explain(error));
        }
        entry.proxy = Some(proxy);
        Ok(())
    }

    fn traffic(&self, entry: &Entry) -> Arc<Traffic> {
        self.metrics
            .traffic(&entry.name, &entry.listen, &entry.upstream)
    }
}

impl Entry {
    fn is_enabled(&self) -> bool {
        self.proxy.as_ref().is_some_and(Proxy::is_enabled)
    }

    fn json(&self) -> Value {
        answer::proxy(
            &self.name,
            &self.listen,
            &self.upstream,
            self.is_enabled(),
            &seen_by_toxiproxy(&self.toxics),
        )
    }

    /// Whether this is another address or upstream than the present one. `localhost:80` is
    /// `127.0.0.1:80` here.
    async fn differs(&self, listen: &str, upstream: &str) -> Result<bool, ApiError> {
        let resolved = resolve(listen).await?.to_string();
        Ok(self.listen != resolved || self.upstream != upstream)
    }

    /// Gives it another address or upstream. Connections are cut, toxics stay; it is disabled.
    async fn move_to(&mut self, listen: String, upstream: String) {
        if self.listen == listen {
            self.disable().await;
            if let Some(proxy) = &self.proxy {
                proxy.set_upstream(upstream.clone());
            }
        } else {
            self.release().await;
            self.listen = listen;
        }
        self.upstream = upstream;
    }

    async fn disable(&self) {
        if let Some(proxy) = &self.proxy {
            proxy.disable().await;
        }
    }

    /// Gives back the port, and with it the connections; it is disabled.
    async fn release(&mut self) {
        if let Some(proxy) = self.proxy.take() {
            proxy.close().await;
        }
    }

    async fn close(mut self) {
        self.release().await;
    }
}

impl Wanted {
    fn read(fields: &Fields) -> Result<Self, ApiError> {
        Ok(Self {
            name: fields.string("name")?.unwrap_or_default(),
            listen: fields.string("listen")?.unwrap_or_default(),
            upstream: fields.string("upstream")?.unwrap_or_default(),
            enabled: fields.bool("enabled")?.unwrap_or(true),
        })
    }

    /// All of an array, or the first thing that is wrong with it.
    fn read_all(json: &[u8]) -> Result<Vec<Self>, ApiError> {
        let entries = match first_value(json)? {
            Value::Array(entries) => entries,
            Value::Null => Vec::new(),
            other => {
                return Err(ApiError::bad_body(format_args!(
                    "json: cannot unmarshal {} into Go value of type []struct {{ toxiproxy.Proxy; Enabled *bool \"json:\\\"enabled\\\"\" }}",
                    kind(&other)
                )));
            }
        };
        let wanted = entries
            .into_iter()
            .map(|entry| Self::read(&Fields::from_value(entry, "Proxy", "toxiproxy")?))
            .collect::<Result<Vec<_>, _>>()?;
        for (index, proxy) in wanted.iter().enumerate() {
            let at = |field| ApiError::missing_field(&format!("{field} at proxy {}", index + 1));
            if proxy.name.is_empty() {
                return Err(at("name"));
            }
            if proxy.upstream.is_empty() {
                return Err(at("upstream"));
            }
        }
        Ok(wanted)
    }
}

/// The toxics without those that its clients could not read.
fn seen_by_toxiproxy(toxics: &Toxics) -> Vec<ToxicConfig> {
    let mut list = toxics.list();
    list.retain(|config| config.beyond.is_none());
    list
}

fn find(toxics: &Toxics, name: &str) -> Result<ToxicConfig, ApiError> {
    toxics
        .find(name)
        .filter(|config| config.beyond.is_none())
        .ok_or_else(ApiError::toxic_not_found)
}

/// A toxic from the body that makes it. What is wrong is told in the order of the original.
fn read_toxic(body: &[u8], is_taken: impl Fn(&str) -> bool) -> Result<ToxicConfig, ApiError> {
    let fields = Fields::read(body, "ToxicWrapper", "toxics")?;
    read_toxic_fields(&fields, by_type, is_taken)
}

/// As [`read_toxic`], of the types that `of_type` knows.
pub(super) fn read_toxic_fields(
    fields: &Fields,
    of_type: impl Fn(&str) -> Option<Arc<dyn Toxic>>,
    is_taken: impl Fn(&str) -> bool,
) -> Result<ToxicConfig, ApiError> {
    let attributes = fields.attributes("attributes", "toxics.NoopToxic")?;
    let name = fields.string("name")?.unwrap_or_default();
    let type_name = fields.string("type")?.unwrap_or_default();
    let spelling = fields
        .string("stream")?
        .unwrap_or_else(|| Stream::Downstream.name().to_owned());
    let toxicity = fields.float("toxicity")?.map(Toxicity::new);

    let stream = spelling.parse().map_err(|_| ApiError::invalid_stream())?;
    let toxic = of_type(&type_name).ok_or_else(ApiError::invalid_toxic_type)?;
    let mut config =
        ToxicConfig::shared(&spelling, stream, toxic).with_toxicity(toxicity.unwrap_or_default());
    if !name.is_empty() {
        config.name = name;
    }
    if is_taken(&config.name) {
        return Err(ApiError::toxic_exists());
    }
    config.toxic = config
        .toxic
        .merged(&attributes)
        .map_err(ApiError::bad_body)?;
    Ok(config)
}

/// A proxy's error as the API tells it.
fn explain(error: ProxyError) -> ApiError {
    match &error.kind {
        ProxyErrorKind::Listen { address, source } => listen_error(*address, source),
        ProxyErrorKind::ToxicExists(_)
        | ProxyErrorKind::ToxicNotFound(_)
        | ProxyErrorKind::Closed => ApiError::internal(error.to_string()),
    }
}
