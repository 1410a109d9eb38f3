use rand::RngExt;
use rtest_core::Stream;
use rtest_core::plan::Arrivals;

/// Where arrivals stand on the line of what the plan's rate adds up to. Arrival `n` falls due when
/// the rate has added up to its mark, whatever the rate is meanwhile.
#[derive(Clone, Debug)]
pub(crate) enum Spacing {
    /// At whole numbers.
    Even,
    /// As far apart as the events of a Poisson process of rate 1 (a time change makes any rate of
    /// it: Çinlar, Introduction to Stochastic Processes, 1975, 4.7).
    Poisson {
        /// One draw for each arrival of the whole scenario, so that whoever has a part of it sees
        /// the same instants as who has all.
        stream: Box<Stream>,
        /// Arrivals drawn so far, and the mark of the last of them.
        drawn: u64,
        mark: f64,
    },
}

impl Spacing {
    /// What the plan asks for; randomness is drawn from `stream`, if at all.
    pub(crate) fn new(arrivals: Arrivals, stream: impl FnOnce() -> Stream) -> Self {
        match arrivals {
            Arrivals::Even => Self::Even,
            Arrivals::Poisson => Self::Poisson {
                stream: Box::new(stream()),
                drawn: 0,
                mark: 0.0,
            },
        }
    }

    /// The mark of an arrival of the whole scenario. Numbers ascend from call to call.
    pub(super) fn mark(&mut self, index: u64) -> f64 {
        match self {
            Self::Even => index as f64,
            Self::Poisson {
                stream,
                drawn,
                mark,
            } => {
                while *drawn <= index {
                    *mark -= (1.0 - stream.random::<f64>()).ln();
                    *drawn += 1;
                }
                *mark
            }
        }
    }
}
