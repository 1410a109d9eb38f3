use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::Mutex as SyncMutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use rtest_core::{Clock, Seed};
use tokio::sync::Mutex;

use crate::error::{ProxyError, ProxyErrorKind};
use crate::gate::{Gate, Target, Terms};
use crate::observe::Observer;
use crate::port::Port;
use crate::toxic::{NameTaken, NoSuchToxic, ToxicConfig, Toxics};
use crate::traffic::Traffic;

/// How a proxy begins.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// Its name, for the API, for messages and for what it draws from the seed.
    pub name: String,
    /// Where it listens; port 0 takes a free one. Taken at once, also where it begins disabled.
    pub listen: SocketAddr,
    /// `host:port` of the upstream, resolved for each connection. Until one is known, clients are
    /// reset.
    pub upstream: Option<String>,
    /// Whether it takes connections from the start.
    pub enabled: bool,
    /// The source of its toxicity and jitter.
    pub seed: Seed,
    /// Who is told what crosses its links.
    pub observer: Option<Arc<dyn Observer>>,
}

/// A TCP proxy on a port that stays its own. A handle: clones are the same proxy.
///
/// When the last handle is dropped, connections are closed and the port is given back; to wait for
/// that, use [`Proxy::close`].
#[derive(Clone, Debug)]
pub struct Proxy {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    terms: Arc<Terms>,
    listen: SocketAddr,
    /// What the lifecycle says, to be read without waiting.
    enabled: AtomicBool,
    /// Held while the proxy is enabled, disabled or closed, so that these never overlap.
    lifecycle: Mutex<Lifecycle>,
}

#[derive(Debug)]
struct Lifecycle {
    /// `None` once closed.
    port: Option<Port>,
    /// Open while enabled.
    gate: Option<Gate>,
}

impl Proxy {
    /// Takes the port, and connections where `enabled`. Must be called within a tokio runtime,
    /// which then runs its tasks.
    ///
    /// # Errors
    /// The port cannot be taken.
    ///
    /// # Cancellation
    /// Waits for nothing; nothing is left behind.
    pub async fn start(config: ProxyConfig, clock: Arc<dyn Clock>) -> Result<Self, ProxyError> {
        Self::start_with_toxics(config, clock, Arc::default()).await
    }

    /// As [`Proxy::start`], with toxics that another proxy had.
    pub(crate) async fn start_with_toxics(
        config: ProxyConfig,
        clock: Arc<dyn Clock>,
        toxics: Arc<Toxics>,
    ) -> Result<Self, ProxyError> {
        let port = Port::bind(config.listen).map_err(|source| ProxyError {
            proxy: config.name.clone(),
            kind: ProxyErrorKind::Listen {
                address: config.listen,
                source,
            },
        })?;
        let terms = Terms {
            name: config.name.into(),
            seed: config.seed,
            clock,
            toxics,
            observer: config.observer,
            pipes: Arc::default(),
            target: SyncMutex::new(Target {
                upstream: config.upstream.map(Arc::from),
                traffic: Arc::default(),
            }),
            accepted: AtomicU64::new(0),
            live: AtomicUsize::new(0),
            breaks_off: AtomicBool::new(false),
        };
        let proxy = Self {
            inner: Arc::new(Inner {
                terms: Arc::new(terms),
                listen: port.address(),
                enabled: AtomicBool::new(false),
                lifecycle: Mutex::new(Lifecycle {
                    port: Some(port),
                    gate: None,
                }),
            }),
        };
        if config.enabled {
            proxy.enable().await?;
        }
        Ok(proxy)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.inner.terms.name
    }

    /// Its address, with the real port. Stays the same while it is disabled and enabled again.
    pub fn listen(&self) -> SocketAddr {
        self.inner.listen
    }

    /// Sends the connections that follow to another upstream, `host:port`. Cuts none.
    pub fn set_upstream(&self, upstream: impl Into<String>) {
        let upstream: String = upstream.into();
        self.inner.terms.target().upstream = Some(upstream.into());
    }

    /// Counts the bytes of the connections that follow elsewhere.
    pub(crate) fn set_traffic(&self, traffic: Arc<Traffic>) {
        self.inner.terms.target().traffic = traffic;
    }

    /// The bytes that have crossed it.
    pub fn traffic(&self) -> Arc<Traffic> {
        self.inner.terms.target().traffic.clone()
    }

    /// Takes connections again, on the same address. Does nothing where it is enabled.
    ///
    /// # Errors
    /// Somebody listens on the port; the proxy was closed.
    ///
    /// # Cancellation
    /// Waits only for a [`Proxy::disable`] that is under way; nothing has happened then.
    pub async fn enable(&self) -> Result<(), ProxyError> {
        let mut lifecycle = self.inner.lifecycle.lock().await;
        if lifecycle.gate.is_some() {
            return Ok(());
        }
        let port = lifecycle
            .port
            .as_ref()
            .ok_or_else(|| self.error(ProxyErrorKind::Closed))?;
        let listener = port.listen().map_err(|source| {
            self.error(ProxyErrorKind::Listen {
                address: self.inner.listen,
                source,
            })
        })?;
        lifecycle.gate = Some(Gate::open(listener, self.inner.terms.clone()));
        self.inner.enabled.store(true, Ordering::Release);
        Ok(())
    }

    /// Refuses new connections, as if no process were there, and closes those that are live. When
    /// it returns, both is done. Does nothing where it is disabled.
    ///
    /// # Cancellation
    /// Waits for no peer. Where it is dropped, connections are still closed.
    pub async fn disable(&self) {
        let mut lifecycle = self.inner.lifecycle.lock().await;
        self.shut(&mut lifecycle).await;
    }

    /// Resets live connections, and each new one when its first request was read, or soon after it
    /// was made, until it is [mended](Proxy::mend). Unlike of a port where nobody listens, it is seen
    /// who tries. When it
    /// returns, that is so; a disabled proxy stays disabled until it is enabled.
    ///
    /// # Cancellation
    /// Waits only for an enabling or disabling that is under way; new connections are reset in any
    /// case.
    pub async fn break_off(&self) {
        self.inner.terms.breaks_off.store(true, Ordering::Release);
        if let Some(gate) = &self.inner.lifecycle.lock().await.gate {
            gate.break_links();
        }
    }

    /// Lets connections pass again after [`Proxy::break_off`].
    pub fn mend(&self) {
        self.inner.terms.breaks_off.store(false, Ordering::Release);
    }

    /// Whether it resets every connection.
    pub fn is_broken_off(&self) -> bool {
        self.inner.terms.breaks_off.load(Ordering::Acquire)
    }

    /// Disables it and gives back the port, whoever else holds a handle.
    ///
    /// # Cancellation
    /// As [`Proxy::disable`]; the port is given back with the last handle then.
    pub async fn close(self) {
        let mut lifecycle = self.inner.lifecycle.lock().await;
        self.shut(&mut lifecycle).await;
        lifecycle.port = None;
    }

    async fn shut(&self, lifecycle: &mut Lifecycle) {
        let Some(gate) = lifecycle.gate.take() else {
            return;
        };
        self.inner.enabled.store(false, Ordering::Release);
        gate.begin_close();
        if cfg!(not(target_os = "linux")) {
            // Elsewhere the port is refused by binding it again, after its listener is gone.
            gate.closed().await;
        }
        if let Some(port) = &mut lifecycle.port
            && port.refuse().is_err()
        {
            // Without the port nothing listens either; enabling will say that it is gone.
            lifecycle.port = None;
        }
        gate.closed().await;
    }

    /// Whether it takes connections.
    pub fn is_enabled(&self) -> bool {
        self.inner.enabled.load(Ordering::Acquire)
    }

    /// How many connections of clients are live, those still being dialled included.
    pub fn connections(&self) -> usize {
        self.inner.terms.live.load(Ordering::Relaxed)
    }

    /// Adds a toxic behind the others of its direction. It holds for every byte received from now
    /// on, on live connections too.
    ///
    /// # Errors
    /// There is one of this name, in either direction.
    pub fn add_toxic(&self, toxic: ToxicConfig) -> Result<(), ProxyError> {
        let name = toxic.name.clone();
        self.inner
            .terms
            .toxics
            .add(toxic)
            .map(drop)
            .map_err(|NameTaken| self.error(ProxyErrorKind::ToxicExists(name)))
    }

    /// Gives the toxic of this name another toxicity and other attributes; its place stays, and so
    /// does what each connection drew. What it holds back is held by the new ones.
    ///
    /// # Errors
    /// There is none of this name, or it is of another type or in the other direction.
    pub fn update_toxic(&self, toxic: ToxicConfig) -> Result<(), ProxyError> {
        let replace = |current: &ToxicConfig| {
            let is_of_its_kind = current.toxic.type_name() == toxic.toxic.type_name()
                && current.stream == toxic.stream;
            is_of_its_kind.then(|| toxic.clone()).ok_or(NoSuchToxic)
        };
        match self.inner.terms.toxics.update(&toxic.name, replace) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(NoSuchToxic)) | Err(NoSuchToxic) => {
                Err(self.error(ProxyErrorKind::ToxicNotFound(toxic.name)))
            }
        }
    }

    /// Removes a toxic. What it held back on live connections goes on at once.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn remove_toxic(&self, name: &str) -> Result<(), ProxyError> {
        self.inner
            .terms
            .toxics
            .remove(name)
            .map_err(|NoSuchToxic| self.error(ProxyErrorKind::ToxicNotFound(name.to_owned())))
    }

    /// Its toxics, those of the upstream direction first, each direction in the order of adding.
    pub fn toxics(&self) -> Vec<ToxicConfig> {
        self.inner.terms.toxics.list()
    }

    fn error(&self, kind: ProxyErrorKind) -> ProxyError {
        ProxyError {
            proxy: self.name().to_owned(),
            kind,
        }
    }
}
