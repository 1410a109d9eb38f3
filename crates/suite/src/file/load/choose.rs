use crate::collection::List;
use crate::file::load::Step;
use crate::record::record;
use crate::scalar::PositiveNumber;

record! {
    /// One of several lists of steps.
    Weighted, "a choice" {
        /// How likely it is beside the weights of the others; 1 where absent.
        weight "weight": optional PositiveNumber,
        /// Its steps, in order.
        steps "steps": required List<Step, 1>,
    }
}
