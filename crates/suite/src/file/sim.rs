use crate::record::record;
use crate::scalar::Whole;

record! {
    /// A program for the deterministic runtime.
    Sim, "a sim entry" {
        /// The program's file, relative to the suite file.
        program "program": required String,
        /// Under how many seeds it is run; 1 where absent. Each must end with exit code 0.
        seeds "seeds": optional Whole<1, 1_000_000>,
    }
}
