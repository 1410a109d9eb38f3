use std::sync::Arc;

use rtest_core::BrokenThing;
use rtest_core::event::RollbackProof;
use rtest_core::plan::ToxicPlan;
use rtest_proxy::toxic::{Attributes, by_type_beyond};
use rtest_proxy::{Stream, ToxicConfig, Toxicity};

use super::{Fault, FaultError, FaultFuture, FaultyLink};

/// Any toxic of the proxy on a link.
#[derive(Debug)]
pub struct Toxic {
    link: Arc<FaultyLink>,
    /// Carries the fault's name, so that several may stand on one link.
    config: ToxicConfig,
}

impl Toxic {
    /// By the fault's name, which is unique in a drill.
    ///
    /// # Errors
    /// There is no such type, or an attribute is not what the type wants.
    pub fn new(name: &str, link: Arc<FaultyLink>, plan: &ToxicPlan) -> Result<Self, FaultError> {
        let kind = by_type_beyond(plan.kind)
            .ok_or_else(|| FaultError(format!("there is no toxic `{}`", plan.kind)))?;
        let attributes = Attributes::of_object(plan.attributes.clone());
        let toxic = kind
            .merged(&attributes)
            .map_err(|error| FaultError(error.to_string()))?;
        let stream = if plan.upstream {
            Stream::Upstream
        } else {
            Stream::Downstream
        };
        let toxicity = f64::from(plan.toxicity_millionths) / 1e6;
        let config = ToxicConfig::of(stream, toxic)
            .named(name)
            .with_toxicity(Toxicity::new(toxicity as f32));
        Ok(Self { link, config })
    }
}

impl Fault for Toxic {
    fn inject(&self) -> FaultFuture<'_, Result<(), FaultError>> {
        Box::pin(async {
            let added = self.link.proxy().add_toxic(self.config.clone());
            added.map_err(|error| FaultError(error.to_string()))
        })
    }

    fn things(&self) -> Vec<BrokenThing> {
        vec![self.link.as_broken()]
    }

    fn roll_back(&self) -> FaultFuture<'_, RollbackProof> {
        Box::pin(async {
            let mut proof = self.link.without_toxic(&self.config.name);
            if let Some(tally) = self.config.toxic.tally() {
                proof.seen.push_str(&format!("; {tally}"));
            }
            proof
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rtest_core::plan::TOXICS;
    use rtest_proxy::toxic::type_names_beyond;

    /// `noop` does nothing, so a suite has no use for it.
    #[test]
    fn a_suite_may_name_every_toxic_that_the_proxy_has() {
        let known: BTreeSet<&str> = TOXICS.iter().map(|(name, _)| *name).collect();
        let mut there: BTreeSet<&str> = type_names_beyond().collect();
        there.remove("noop");
        assert_eq!(known, there);
    }
}
