/// What sends the requests of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// rtest itself.
    #[default]
    Rtest,
    /// [goose](https://book.goose.rs): a closed loop. Its requests are wanted when they are sent,
    /// so their response time is their service time.
    Goose,
}

impl Engine {
    /// Every engine with its name in a suite.
    pub const NAMES: [(&'static str, Self); 2] = [("rtest", Self::Rtest), ("goose", Self::Goose)];

    /// The name in a suite.
    pub fn name(self) -> &'static str {
        let named = Self::NAMES.iter().find(|(_, engine)| *engine == self);
        named.map_or("", |(name, _)| name)
    }
}
