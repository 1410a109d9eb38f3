use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{LotSource, OnConnect, Stream, ToxicConfig};

/// A toxic at its place in a direction, as links see it.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// Unique on its proxy for ever: a toxic that is removed and added again by the same name is
    /// another one.
    pub(crate) id: u64,
    /// Counts the updates.
    pub(crate) revision: u64,
    pub(crate) config: Arc<ToxicConfig>,
}

/// The toxics of one direction, in the order in which bytes pass them.
pub(crate) type Chain = Arc<[Placed]>;

/// There is a toxic of this name already.
#[derive(Debug)]
pub(crate) struct NameTaken;

/// There is no toxic of this name.
#[derive(Debug)]
pub(crate) struct NoSuchToxic;

/// The toxics of a proxy. A change is published to every link and waits for none: a link applies
/// it before it handles the next byte.
#[derive(Debug)]
pub(crate) struct Toxics {
    placed: Mutex<Placements>,
    // Watches: a link that is behind sees the latest chain and none of those in between.
    upstream: watch::Sender<Chain>,
    downstream: watch::Sender<Chain>,
}

#[derive(Debug, Default)]
struct Placements {
    /// Both directions, in the order of adding.
    list: Vec<Placed>,
    next_id: u64,
}

impl Default for Toxics {
    fn default() -> Self {
        Self {
            placed: Mutex::default(),
            upstream: watch::Sender::new(Chain::from([])),
            downstream: watch::Sender::new(Chain::from([])),
        }
    }
}

impl Toxics {
    /// Adds a toxic behind those of its direction; gives its id.
    pub(crate) fn add(&self, config: ToxicConfig) -> Result<u64, NameTaken> {
        let mut placed = self.lock();
        if placed.position(&config.name).is_some() {
            return Err(NameTaken);
        }
        let id = placed.next_id;
        placed.next_id += 1;
        let config = Arc::new(config);
        placed.list.push(Placed {
            id,
            revision: 0,
            config: config.clone(),
        });
        self.publish(&placed, &config);
        Ok(id)
    }

    /// Replaces toxicity and attributes of a toxic by what `change` makes of it; name and
    /// direction stay. Where `change` fails, nothing changes.
    pub(crate) fn update<E>(
        &self,
        name: &str,
        change: impl FnOnce(&ToxicConfig) -> Result<ToxicConfig, E>,
    ) -> Result<Result<ToxicConfig, E>, NoSuchToxic> {
        let mut placed = self.lock();
        let index = placed.position(name).ok_or(NoSuchToxic)?;
        let entry = &mut placed.list[index];
        let changed = match change(&entry.config) {
            Ok(changed) => ToxicConfig {
                toxicity: changed.toxicity,
                toxic: changed.toxic,
                ..(*entry.config).clone()
            },
            Err(error) => return Ok(Err(error)),
        };
        entry.config = Arc::new(changed.clone());
        entry.revision += 1;
        self.publish(&placed, &changed);
        Ok(Ok(changed))
    }

    pub(crate) fn remove(&self, name: &str) -> Result<(), NoSuchToxic> {
        let mut placed = self.lock();
        let index = placed.position(name).ok_or(NoSuchToxic)?;
        let removed = placed.list.remove(index);
        self.publish(&placed, &removed.config);
        Ok(())
    }

    /// Removes the toxic of this name, unless it is another one by now.
    pub(crate) fn remove_exactly(&self, name: &str, id: u64) {
        let mut placed = self.lock();
        if let Some(index) = placed.position(name)
            && placed.list[index].id == id
        {
            let removed = placed.list.remove(index);
            self.publish(&placed, &removed.config);
        }
    }

    /// Returns once this toxic is not there any more.
    ///
    /// # Cancellation
    /// May be dropped at any time.
    pub(crate) async fn gone(&self, stream: Stream, id: u64) {
        let mut chain = self.subscribe(stream);
        // The sender is part of what is borrowed here, so it does not end.
        let _ = chain
            .wait_for(|chain| chain.iter().all(|placed| placed.id != id))
            .await;
    }

    pub(crate) fn clear(&self) {
        let mut placed = self.lock();
        placed.list.clear();
        self.publish_to(&placed, Stream::Upstream);
        self.publish_to(&placed, Stream::Downstream);
    }

    pub(crate) fn find(&self, name: &str) -> Option<ToxicConfig> {
        let placed = self.lock();
        placed
            .position(name)
            .map(|index| (*placed.list[index].config).clone())
    }

    /// Upstream ones first, each direction in the order of adding.
    pub(crate) fn list(&self) -> Vec<ToxicConfig> {
        let placed = self.lock();
        [Stream::Upstream, Stream::Downstream]
            .into_iter()
            .flat_map(|stream| {
                let of_stream = move |placed: &&Placed| placed.config.stream == stream;
                placed.list.iter().filter(of_stream)
            })
            .map(|placed| (*placed.config).clone())
            .collect()
    }

    /// What becomes of a connection before its upstream is dialled, and by which toxic's will: the
    /// first that touches it and has something to say.
    pub(crate) fn on_connect(&self, lots: &LotSource) -> Option<(OnConnect, Stream, u64)> {
        [Stream::Upstream, Stream::Downstream]
            .into_iter()
            .find_map(|stream| {
                let chain = self.sender(stream).borrow().clone();
                chain
                    .iter()
                    .filter(|placed| {
                        let config = &placed.config;
                        config.toxicity.admits(lots.draw(config).draw)
                    })
                    .map(|placed| (placed.config.toxic.on_connect(), stream, placed.id))
                    .find(|(fate, ..)| *fate != OnConnect::Dial)
            })
    }

    /// Whether a toxic touches this connection that may answer it itself.
    pub(crate) fn may_answer(&self, lots: &LotSource) -> bool {
        let chain = self.upstream.borrow().clone();
        chain.iter().any(|Placed { config, .. }| {
            config.toxic.is_two_way() && config.toxicity.admits(lots.draw(config).draw)
        })
    }

    /// The chain of a direction, now and after every change.
    pub(crate) fn subscribe(&self, stream: Stream) -> watch::Receiver<Chain> {
        self.sender(stream).subscribe()
    }

    /// To the directions that this toxic stands in.
    fn publish(&self, placed: &Placements, config: &ToxicConfig) {
        for stream in [Stream::Upstream, Stream::Downstream] {
            if config.stands_in(stream) {
                self.publish_to(placed, stream);
            }
        }
    }

    fn publish_to(&self, placed: &Placements, stream: Stream) {
        self.sender(stream)
            .send_replace(placed.chain(stream).into_iter().cloned().collect());
    }

    fn sender(&self, stream: Stream) -> &watch::Sender<Chain> {
        match stream {
            Stream::Upstream => &self.upstream,
            Stream::Downstream => &self.downstream,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Placements> {
        // Every change of the list is a single step, so it is whole after a panic too.
        self.placed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Placements {
    fn position(&self, name: &str) -> Option<usize> {
        self.list
            .iter()
            .position(|placed| placed.config.name == name)
    }

    /// Toxics that stand in both directions are the nearest to the upstream, each around those that
    /// were added after it: what one of them answers itself is an answer to those before it.
    fn chain(&self, stream: Stream) -> Vec<&Placed> {
        let there = self.list.iter();
        let (both, one): (Vec<&Placed>, Vec<&Placed>) = there
            .filter(|placed| placed.config.stands_in(stream))
            .partition(|placed| placed.config.toxic.is_two_way());
        match stream {
            Stream::Upstream => one.into_iter().chain(both).collect(),
            Stream::Downstream => both.into_iter().rev().chain(one).collect(),
        }
    }
}
