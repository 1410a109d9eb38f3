use std::sync::Arc;

use super::{
    Bandwidth, Connect, Corruption, Cut, Delay, Http, Latency, LimitData, Loss, Noop, ResetPeer,
    Slicer, SlowClose, Timeout, Toxic,
};

/// Makes a toxic with all attributes 0.
type Make = fn() -> Arc<dyn Toxic>;

/// Every type of toxic. A new toxic adds its line here.
const TYPES: &[(&str, Make)] = &[
    (Bandwidth::TYPE, of::<Bandwidth>),
    (Latency::TYPE, of::<Latency>),
    (LimitData::TYPE, of::<LimitData>),
    (Noop::TYPE, of::<Noop>),
    (ResetPeer::TYPE, of::<ResetPeer>),
    (Slicer::TYPE, of::<Slicer>),
    (SlowClose::TYPE, of::<SlowClose>),
    (Timeout::TYPE, of::<Timeout>),
];

/// Every type that Toxiproxy does not have, for `/rtest/v1` and suites. A new one adds its line here.
const BEYOND: &[(&str, Make)] = &[
    (Connect::TYPE, of::<Connect>),
    (Corruption::TYPE, of::<Corruption>),
    (Cut::TYPE, of::<Cut>),
    (Delay::TYPE, of::<Delay>),
    (Http::TYPE, of::<Http>),
    (Loss::TYPE, of::<Loss>),
];

fn of<T: Toxic + Default>() -> Arc<dyn Toxic> {
    Arc::new(T::default())
}

/// The toxic of this type with all attributes 0; [`Toxic::merged`] sets them.
pub fn by_type(name: &str) -> Option<Arc<dyn Toxic>> {
    TYPES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, make)| make())
}

/// As [`by_type`], also those that Toxiproxy does not have.
pub fn by_type_beyond(name: &str) -> Option<Arc<dyn Toxic>> {
    by_type(name).or_else(|| {
        BEYOND
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, make)| make())
    })
}

/// Every type of toxic there is.
pub fn type_names_beyond() -> impl Iterator<Item = &'static str> {
    TYPES.iter().chain(BEYOND).map(|(name, _)| *name)
}

/// Every type of toxic that Toxiproxy has too.
pub fn type_names() -> impl Iterator<Item = &'static str> {
    TYPES.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_registered_under_its_own_name() {
        for name in type_names() {
            assert_eq!(by_type(name).unwrap().type_name(), name);
        }
        for (name, _) in BEYOND {
            assert_eq!(by_type_beyond(name).unwrap().type_name(), *name);
            assert!(by_type(name).is_none(), "{name} is not Toxiproxy's");
        }
        assert!(by_type_beyond("latency").is_some());
        assert!(by_type("Latency").is_none(), "names are exact");
        assert!(by_type("no such toxic").is_none());
    }
}
