//! What `every-key.yaml` becomes, by the suite's sections.

pub(crate) mod chaos;
pub(crate) mod contracts;
pub(crate) mod sims;
