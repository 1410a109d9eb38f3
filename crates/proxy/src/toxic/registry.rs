use std::sync::Arc;

use super::{Bandwidth, Latency, LimitData, Noop, ResetPeer, Slicer, SlowClose, Timeout, Toxic};

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

/// Every type of toxic there is.
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
        assert!(by_type("Latency").is_none(), "names are exact");
        assert!(by_type("no such toxic").is_none());
    }
}
