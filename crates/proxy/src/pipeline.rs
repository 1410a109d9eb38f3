use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Buf, Bytes};
use rtest_core::RunTime;

use crate::toxic::{
    Chain, Chunk, HOLD_LIMIT, Item, Joining, Junction, LotSource, Meeting, Placed, Stage, Stream,
};

/// While so many bytes have left the last stage and wait for the receiver, nothing more leaves it:
/// a toxic that shapes the stream shapes what is received, not what is queued.
const OUT_ENOUGH: usize = 64 * 1024;

/// One direction of one link, without its sockets: items go in, pass the stages of the toxics that
/// touch this link, and come out in order.
#[derive(Debug)]
pub(crate) struct Pipeline {
    lots: LotSource,
    stream: Stream,
    junction: Arc<Junction>,
    /// Whether anything has come yet.
    has_begun: bool,
    /// The chain as last applied, also the toxics that do not touch this link, and stages of removed
    /// ones that linger.
    places: Vec<Place>,
    /// What has left the last stage.
    out: VecDeque<Item>,
    out_held: usize,
}

#[derive(Debug)]
struct Place {
    placed: Placed,
    /// `None` where the toxic does not touch this link.
    stage: Option<Box<dyn Stage>>,
    /// The toxic does not touch this link any more, but its stage has not done yet.
    is_leaving: bool,
}

impl Pipeline {
    pub(crate) fn new(lots: LotSource, stream: Stream, junction: Arc<Junction>) -> Self {
        Self {
            lots,
            stream,
            junction,
            has_begun: false,
            places: Vec::new(),
            out: VecDeque::new(),
            out_held: 0,
        }
    }

    /// Takes the next item from the sender.
    pub(crate) fn push(&mut self, item: Item, now: RunTime) {
        self.has_begun = true;
        self.push_from(0, item, now);
        self.advance(now);
    }

    /// Takes bytes that no toxic is to touch.
    pub(crate) fn bypass(&mut self, bytes: Bytes, now: RunTime) {
        if !bytes.is_empty() {
            let item = Item::Data(Chunk {
                bytes,
                received_at: now,
            });
            self.push_from(self.places.len(), item, now);
        }
    }

    /// Lets everything leave that may leave at `now`.
    pub(crate) fn advance(&mut self, now: RunTime) {
        for index in 0..self.places.len() {
            if self.places[index].is_leaving {
                self.take_out(index, now);
            }
        }
        let last = self.last_stage();
        for index in 0..self.places.len() {
            while let Some(stage) = &mut self.places[index].stage
                && (self.out_held < OUT_ENOUGH
                    || Some(index) != last
                    || !stage.waits_for_receiver())
                && let Some(item) = stage.pop(now)
            {
                self.push_from(index + 1, item, now);
            }
        }
    }

    /// The next item for the receiver.
    pub(crate) fn front(&self) -> Option<&Item> {
        self.out.front()
    }

    /// The receiver has taken `count` bytes of the data at the front.
    pub(crate) fn consume(&mut self, count: usize) {
        if let Some(Item::Data(chunk)) = self.out.front_mut()
            && count < chunk.bytes.len()
        {
            chunk.bytes.advance(count);
            self.out_held -= count;
        } else if let Some(taken) = self.out.pop_front() {
            self.out_held -= taken.cost();
        }
    }

    /// When [`Pipeline::advance`] has work again.
    pub(crate) fn due(&self) -> Option<RunTime> {
        let is_full = self.out_held >= OUT_ENOUGH;
        let last = self.last_stage();
        self.stages()
            .filter(|(index, stage)| {
                !is_full || Some(*index) != last || !stage.waits_for_receiver()
            })
            .filter_map(|(_, stage)| stage.due())
            .min()
    }

    /// Whether nothing stands between sender and receiver.
    pub(crate) fn is_plain(&self) -> bool {
        self.places.iter().all(|place| place.stage.is_none())
    }

    /// Whether what happens in the other direction may give this one something to do.
    pub(crate) fn is_two_way(&self) -> bool {
        let mut standing = self.places.iter().filter(|place| place.stage.is_some());
        standing.any(|place| place.placed.config.toxic.is_two_way())
    }

    /// The cost of everything held, in bytes.
    pub(crate) fn held(&self) -> usize {
        self.out_held + self.stages().map(|(_, stage)| stage.held()).sum::<usize>()
    }

    /// Whether the sender may go on.
    pub(crate) fn has_room(&self) -> bool {
        if self.is_plain() {
            self.out.is_empty()
        } else {
            self.held() < HOLD_LIMIT && self.stages().all(|(_, stage)| stage.has_room())
        }
    }

    /// Whether the connection is to be reset, whatever the receiver has not taken yet.
    pub(crate) fn resets(&self) -> bool {
        matches!(self.out.back(), Some(Item::Reset))
    }

    /// Makes the stages those of `chain`. What a removed toxic held moves on at once, through the
    /// toxics behind it.
    pub(crate) fn apply(&mut self, chain: &Chain, now: RunTime) {
        for index in 0..self.places.len() {
            let id = self.places[index].placed.id;
            match chain.iter().find(|placed| placed.id == id) {
                None => self.take_out(index, now),
                Some(placed) if placed.revision != self.places[index].placed.revision => {
                    self.places[index].placed = placed.clone();
                    self.refresh(index, now);
                }
                Some(_) => {}
            }
        }
        self.places.retain(|place| {
            place.is_leaving || chain.iter().any(|placed| placed.id == place.placed.id)
        });
        // The order of those that stay is the chain's.
        let mut index = 0;
        for placed in chain.iter() {
            let is_in_chain =
                |place: &Place| chain.iter().any(|placed| placed.id == place.placed.id);
            while self.places.get(index).is_some_and(|it| !is_in_chain(it)) {
                index += 1;
            }
            if self
                .places
                .get(index)
                .is_none_or(|it| it.placed.id != placed.id)
            {
                let place = Place {
                    placed: placed.clone(),
                    stage: None,
                    is_leaving: false,
                };
                self.places.insert(index, place);
                self.refresh(index, now);
            }
            index += 1;
        }
        self.advance(now);
    }

    /// Brings a stage in line with its toxic's present toxicity and attributes.
    fn refresh(&mut self, index: usize, now: RunTime) {
        let place = &mut self.places[index];
        let config = &place.placed.config;
        let lot = self.lots.draw(config);
        if !config.toxicity.admits(lot.draw) {
            self.take_out(index, now);
        } else if let Some(stage) = &mut place.stage {
            place.is_leaving = false;
            stage.update(&*config.toxic);
        } else {
            let meeting = Meeting {
                stream: self.stream,
                is_late: self.has_begun,
                junction: self.junction.clone(),
            };
            let joining = Joining::new(&place.placed, lot.random, now, meeting);
            place.stage = Some(config.toxic.on_link(joining));
        }
    }

    /// Ends a stage, now or when it lingers no more.
    fn take_out(&mut self, index: usize, now: RunTime) {
        let place = &mut self.places[index];
        place.is_leaving = place.stage.as_mut().is_some_and(|stage| stage.lingers());
        let Some(mut stage) = place.stage.take_if(|_| !place.is_leaving) else {
            return;
        };
        for item in stage.drain() {
            self.push_from(index + 1, item, now);
        }
    }

    /// Hands an item to the first stage from `index` on, or to the receiver.
    fn push_from(&mut self, index: usize, item: Item, now: RunTime) {
        let next = self
            .places
            .iter_mut()
            .skip(index)
            .find_map(|place| place.stage.as_mut());
        match next {
            Some(stage) => stage.push(item, now),
            None => {
                self.out_held += item.cost();
                self.out.push_back(item);
            }
        }
    }

    /// By the index of its place.
    fn stages(&self) -> impl DoubleEndedIterator<Item = (usize, &dyn Stage)> {
        self.places
            .iter()
            .enumerate()
            .filter_map(|(index, place)| Some((index, place.stage.as_deref()?)))
    }

    fn last_stage(&self) -> Option<usize> {
        self.stages().next_back().map(|(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toxic::Toxics;
    use crate::{
        Bandwidth, Cut, Delay, Distribution, Http, Latency, LimitData, Loss, Slicer, SlowClose,
        Stream, ToxicConfig, Toxicity,
    };
    use proptest::prelude::*;
    use rtest_core::Seed;
    use std::time::Duration;

    fn at(millis: u64) -> RunTime {
        RunTime::from(Duration::from_millis(millis))
    }

    fn chunk(byte: u8, received_at: RunTime) -> Item {
        Item::Data(Chunk {
            bytes: vec![byte].into(),
            received_at,
        })
    }

    fn latency(name: &str, millis: u64) -> ToxicConfig {
        let latency = Latency::new(Duration::from_millis(millis), Duration::ZERO);
        ToxicConfig::new(Stream::Upstream, latency).named(name)
    }

    /// A toxic that holds bytes back but keeps all of them.
    fn shaping(name: u8, value: u64) -> ToxicConfig {
        let time = Duration::from_millis(value);
        let config = match name % 9 {
            0 => ToxicConfig::new(Stream::Upstream, Latency::new(time, time / 2)),
            1 => ToxicConfig::new(Stream::Upstream, Bandwidth::new(value)),
            2 => {
                let slicer = Slicer::new(value as usize, value as usize / 2, time / 100);
                ToxicConfig::new(Stream::Upstream, slicer)
            }
            3 => ToxicConfig::new(Stream::Upstream, SlowClose::new(time)),
            4 => {
                let distribution = Distribution::Pareto {
                    scale: time,
                    shape: 3.0,
                };
                ToxicConfig::new(Stream::Upstream, Delay { distribution })
            }
            5 => {
                let rate = value as f64 / 300.0;
                let retransmit = time / 4;
                ToxicConfig::new(Stream::Upstream, Loss { rate, retransmit })
            }
            6 => ToxicConfig::new(Stream::Upstream, Cut::default()),
            7 => ToxicConfig::new(Stream::Downstream, Http::default()),
            _ => ToxicConfig::new(Stream::Upstream, LimitData::new(u64::MAX)),
        };
        config.named(name.to_string())
    }

    /// The bytes of data, and what else there is, by its name.
    fn flatten(items: &[Item]) -> (Vec<u8>, Vec<String>) {
        let mut bytes = Vec::new();
        let mut others = Vec::new();
        for item in items {
            match item {
                Item::Data(chunk) => bytes.extend_from_slice(&chunk.bytes),
                other => others.push(format!("{other:?}")),
            }
        }
        (bytes, others)
    }

    fn pipeline() -> Pipeline {
        let lots = LotSource {
            seed: Seed::new(1),
            proxy: "p".into(),
            connection: 1,
        };
        Pipeline::new(lots, Stream::Upstream, Arc::default())
    }

    fn apply(pipeline: &mut Pipeline, toxics: &Toxics, now: RunTime) {
        let chain = toxics.subscribe(Stream::Upstream).borrow().clone();
        pipeline.apply(&chain, now);
    }

    fn out(pipeline: &mut Pipeline) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some(item) = pipeline.front().cloned() {
            let size = match &item {
                Item::Data(chunk) => chunk.bytes.len(),
                _ => 0,
            };
            items.push(item);
            pipeline.consume(size);
        }
        items
    }

    #[test]
    fn without_toxics_an_item_leaves_at_once() {
        let mut pipeline = pipeline();
        pipeline.push(chunk(1, at(0)), at(0));
        assert!(pipeline.is_plain());
        assert_eq!(out(&mut pipeline), [chunk(1, at(0))]);
        assert_eq!(pipeline.held(), 0);
    }

    #[test]
    fn two_latencies_take_the_longer_one_each_counts_from_the_receive_instant() {
        let toxics = Toxics::default();
        toxics.add(latency("a", 100)).unwrap();
        toxics.add(latency("b", 30)).unwrap();
        let mut pipeline = pipeline();
        apply(&mut pipeline, &toxics, at(0));
        pipeline.push(chunk(1, at(0)), at(0));
        assert_eq!(pipeline.due(), Some(at(100)));
        pipeline.advance(at(100));
        assert_eq!(out(&mut pipeline), [chunk(1, at(0))]);
    }

    #[test]
    fn removing_a_toxic_hands_what_it_held_to_the_next_one_in_order() {
        let toxics = Toxics::default();
        toxics.add(latency("a", 1_000)).unwrap();
        toxics.add(latency("b", 50)).unwrap();
        let mut pipeline = pipeline();
        apply(&mut pipeline, &toxics, at(0));
        pipeline.push(chunk(1, at(0)), at(0));
        pipeline.push(chunk(2, at(10)), at(10));
        toxics.remove("a").unwrap();
        apply(&mut pipeline, &toxics, at(20));
        assert_eq!(out(&mut pipeline), []);
        pipeline.advance(at(60));
        assert_eq!(out(&mut pipeline), [chunk(1, at(0)), chunk(2, at(10))]);

        pipeline.push(chunk(3, at(70)), at(70));
        toxics.clear();
        apply(&mut pipeline, &toxics, at(71));
        assert_eq!(out(&mut pipeline), [chunk(3, at(70))]);
    }

    #[test]
    fn toxicity_is_not_drawn_again_by_an_update() {
        let toxics = Toxics::default();
        toxics
            .add(latency("a", 100).with_toxicity(Toxicity::new(0.5)))
            .unwrap();
        let mut touched = 0;
        for connection in 1..=200 {
            let mut pipeline = pipeline();
            pipeline.lots.connection = connection;
            apply(&mut pipeline, &toxics, at(0));
            let before = pipeline.is_plain();
            touched += usize::from(!before);
            for _ in 0..5 {
                toxics
                    .update("a", |config| Ok::<_, ()>(config.clone()))
                    .unwrap()
                    .unwrap();
                apply(&mut pipeline, &toxics, at(0));
                assert_eq!(pipeline.is_plain(), before);
            }
        }
        assert!((70..=130).contains(&touched), "{touched} of 200");
    }

    #[test]
    fn lowering_the_toxicity_to_zero_flushes_and_raising_it_delays_again() {
        let toxics = Toxics::default();
        toxics.add(latency("a", 100)).unwrap();
        let set = |share| {
            let changed = |config: &ToxicConfig| {
                Ok::<_, ()>(config.clone().with_toxicity(Toxicity::new(share)))
            };
            toxics.update("a", changed).unwrap().unwrap();
        };
        let mut pipeline = pipeline();
        apply(&mut pipeline, &toxics, at(0));
        pipeline.push(chunk(1, at(0)), at(0));
        set(0.0);
        apply(&mut pipeline, &toxics, at(1));
        assert_eq!(out(&mut pipeline), [chunk(1, at(0))]);
        set(1.0);
        apply(&mut pipeline, &toxics, at(2));
        pipeline.push(chunk(2, at(2)), at(2));
        assert_eq!(pipeline.due(), Some(at(102)));
    }

    #[test]
    fn a_toxic_that_was_removed_and_added_again_between_two_looks_is_another_one() {
        let toxics = Toxics::default();
        toxics.add(latency("a", 1_000)).unwrap();
        let mut pipeline = pipeline();
        apply(&mut pipeline, &toxics, at(0));
        pipeline.push(chunk(1, at(0)), at(0));
        toxics.remove("a").unwrap();
        toxics.add(latency("a", 1_000)).unwrap();
        apply(&mut pipeline, &toxics, at(5));
        assert_eq!(out(&mut pipeline), [chunk(1, at(0))], "was flushed");
        assert!(!pipeline.is_plain());
    }

    #[test]
    fn nothing_more_leaves_a_stage_while_the_receiver_takes_nothing() {
        let toxics = Toxics::default();
        let slicer = Slicer::new(1, 0, Duration::ZERO);
        toxics
            .add(ToxicConfig::new(Stream::Upstream, slicer))
            .unwrap();
        let mut pipeline = pipeline();
        apply(&mut pipeline, &toxics, at(0));
        let bytes: Vec<u8> = (0..100_000_u32).map(|index| index as u8).collect();
        let item = Item::Data(Chunk {
            bytes: bytes.clone().into(),
            received_at: at(0),
        });
        pipeline.push(item, at(0));
        // A piece of one byte costs 65.
        assert!(pipeline.out.len() <= OUT_ENOUGH / 65 + 1);
        assert!(pipeline.held() < 2 * bytes.len());
        assert_eq!(
            pipeline.due(),
            None,
            "nothing but the receiver brings it on"
        );
        let mut seen = Vec::new();
        loop {
            seen.extend(out(&mut pipeline));
            if pipeline.due().is_none() {
                break;
            }
            pipeline.advance(at(0));
        }
        assert_eq!(flatten(&seen).0, bytes);
    }

    #[derive(Clone, Debug)]
    enum Move {
        Push(usize),
        Wait(u64),
        Add(u8, u64),
        Update(u8, u64, f32),
        Remove(u8),
        Clear,
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        prop::collection::vec(
            prop_oneof![
                6 => (1..3000_usize).prop_map(Move::Push),
                3 => (0..200_u64).prop_map(Move::Wait),
                3 => (0..10_u8, 0..300_u64).prop_map(|(name, ms)| Move::Add(name, ms)),
                1 => (0..10_u8, 0..300_u64, 0.0..1.0_f32)
                    .prop_map(|(name, ms, share)| Move::Update(name, ms, share)),
                2 => (0..10_u8).prop_map(Move::Remove),
                1 => Just(Move::Clear),
            ],
            0..120,
        )
    }

    proptest! {
        #[test]
        fn whatever_is_added_changed_and_removed_no_byte_is_lost_or_reordered(moves in moves()) {
            let toxics = Toxics::default();
            let mut pipeline = pipeline();
            let mut now = at(0);
            let mut sent = Vec::new();
            let mut received = Vec::new();
            for step in moves {
                match step {
                    Move::Push(size) => {
                        let bytes: Vec<u8> = (sent.len()..sent.len() + size)
                            .map(|index| (index / 3) as u8)
                            .collect();
                        sent.extend_from_slice(&bytes);
                        let bytes = bytes.into();
                        pipeline.push(Item::Data(Chunk { bytes, received_at: now }), now);
                    }
                    Move::Wait(millis) => {
                        now = now + Duration::from_millis(millis);
                        pipeline.advance(now);
                        prop_assert!(pipeline.due().is_none_or(|due| due > now));
                    }
                    Move::Add(name, millis) => {
                        let config = shaping(name, millis)
                            .with_toxicity(Toxicity::new(0.7));
                        let _ = toxics.add(config);
                    }
                    Move::Update(name, millis, share) => {
                        let config = shaping(name, millis).with_toxicity(Toxicity::new(share));
                        let _ = toxics.update(&name.to_string(), |_| Ok::<_, ()>(config));
                    }
                    Move::Remove(name) => {
                        let _ = toxics.remove(&name.to_string());
                    }
                    Move::Clear => toxics.clear(),
                }
                apply(&mut pipeline, &toxics, now);
                received.extend(out(&mut pipeline));
                let waiting = sent.len() - flatten(&received).0.len();
                prop_assert!(pipeline.held() >= waiting);
            }
            pipeline.push(Item::End, now);
            while let Some(due) = pipeline.due() {
                now = now.max(due);
                pipeline.advance(now);
                received.extend(out(&mut pipeline));
            }
            // A line of no bandwidth holds for ever.
            toxics.clear();
            apply(&mut pipeline, &toxics, now);
            received.extend(out(&mut pipeline));
            let (bytes, others) = flatten(&received);
            prop_assert_eq!(bytes, sent);
            prop_assert_eq!(others, ["End"]);
            prop_assert_eq!(pipeline.held(), 0);
        }
    }
}
