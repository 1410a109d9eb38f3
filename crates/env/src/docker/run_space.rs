use super::engine::Engine;
use super::failure::DockerFailure;
use super::label::Labels;
use super::network::Network;
use super::pulse::Pulse;
use super::sweep::sweep;

/// What a run has to itself in an engine.
#[derive(Clone, Debug)]
pub(crate) struct RunSpace {
    pub(crate) engine: Engine,
    /// Whether the engine still answers.
    pub(crate) pulse: Pulse,
    pub(crate) labels: Labels,
    pub(crate) network: Network,
}

impl RunSpace {
    /// Finds the engine and makes the run's network in it.
    ///
    /// # Errors
    /// When there is no engine, or it makes no network.
    pub(crate) async fn open(run_id: &str) -> Result<Self, DockerFailure> {
        let engine = Engine::connect().await?;
        let labels = Labels::of_run(run_id);
        let network = Network::create(&engine, &labels).await?;
        Ok(Self {
            pulse: Pulse::of(engine.api().clone()),
            engine,
            labels,
            network,
        })
    }

    /// Removes everything of the run. Gives how much could not be removed.
    pub(crate) async fn close(&self) -> usize {
        let swept = sweep(&self.engine, &self.labels);
        // Of one that hangs nobody can say how much.
        self.pulse.while_it_answers(swept).await.unwrap_or(1)
    }
}
