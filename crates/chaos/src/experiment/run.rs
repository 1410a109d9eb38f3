use std::time::SystemTime;

use rtest_core::clock::wall_clock;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::activity::Activity;
use super::journal::{Journal, Status, stamp};
use super::read::{Experiment, RollbackStrategy};

/// Runs an experiment: the steady state, the method, the steady state again, rollbacks. `told` is
/// called with a line for each step. With `dry`, probes of the steady state are asked once, and
/// nothing else is done.
///
/// # Cancellation
/// When cancelled, what runs is broken off, and rollbacks come all the same.
pub async fn run(
    experiment: &Experiment,
    node: &str,
    dry: bool,
    cancel: &CancellationToken,
    told: &(dyn Fn(&str) + Send + Sync),
) -> (Journal, Status) {
    let mut journal = Journal::begin(&experiment.raw, &experiment.secrets, node);
    let stage = Stage {
        client: reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .build()
            .unwrap_or_default(),
        cancel: cancel.clone(),
        told,
    };
    let status = stage.play(experiment, dry, &mut journal.value).await;
    journal.end(status);
    (journal, status)
}

struct Stage<'a> {
    client: reqwest::Client,
    cancel: CancellationToken,
    told: &'a (dyn Fn(&str) + Send + Sync),
}

impl Stage<'_> {
    async fn play(&self, experiment: &Experiment, dry: bool, journal: &mut Value) -> Status {
        let (before, held) = self.steady_state(&experiment.probes).await;
        journal["steady_states"]["before"] = before;
        if self.cancel.is_cancelled() {
            return Status::Interrupted;
        }
        if !held {
            (self.told)(
                "the steady state does not hold before the method, which is not carried out",
            );
            return Status::Failed;
        }
        if dry {
            return Status::Completed;
        }
        journal["run"] = self.all(&experiment.method, &self.cancel).await;
        let mut status = Status::Completed;
        if self.cancel.is_cancelled() {
            status = Status::Interrupted;
        } else {
            let (after, held) = self.steady_state(&experiment.probes).await;
            journal["steady_states"]["after"] = after;
            if self.cancel.is_cancelled() {
                status = Status::Interrupted;
            } else if !held {
                (self.told)("the steady state has deviated");
                status = Status::Deviated;
            }
        }
        let roll_back = match experiment.strategy {
            RollbackStrategy::Always => true,
            RollbackStrategy::Deviated => status == Status::Deviated,
            RollbackStrategy::Never => false,
        };
        if roll_back && !experiment.rollbacks.is_empty() {
            (self.told)("rolling back");
            // Whatever was cancelled: what was broken is mended.
            let to_the_end = CancellationToken::new();
            journal["rollbacks"] = self.all(&experiment.rollbacks, &to_the_end).await;
        }
        status
    }

    /// Asks each probe until one is not within its tolerance.
    async fn steady_state(&self, probes: &[Activity]) -> (Value, bool) {
        if probes.is_empty() {
            return (Value::Null, true);
        }
        let mut runs = Vec::new();
        let mut met = true;
        for probe in probes {
            let mut run = self.once(probe, &self.cancel).await;
            let output = run["output"].clone();
            let within = run["status"] == "succeeded"
                && probe
                    .tolerance
                    .as_ref()
                    .is_none_or(|tolerance| tolerance.admits(&output));
            run["tolerance_met"] = within.into();
            let sign = if within { "holds" } else { "DOES NOT HOLD" };
            (self.told)(&format!("{sign}  {}", probe.name));
            runs.push(run);
            if !within {
                met = false;
                break;
            }
        }
        (json!({ "steady_state_met": met, "probes": runs }), met)
    }

    /// Carries out each activity in turn, those in the background beside the others.
    async fn all(&self, activities: &[Activity], cancel: &CancellationToken) -> Value {
        let mut runs: Vec<Option<Value>> = vec![None; activities.len()];
        let mut background = JoinSet::new();
        for (index, activity) in activities.iter().enumerate() {
            if cancel.is_cancelled() {
                break;
            }
            (self.told)(&activity.name);
            if activity.background {
                let (activity, client) = (activity.clone(), self.client.clone());
                let cancel = cancel.clone();
                background
                    .spawn(async move { (index, perform(&activity, &client, &cancel).await) });
            } else {
                runs[index] = Some(self.once(activity, cancel).await);
            }
        }
        while let Some(ended) = background.join_next().await {
            if let Ok((index, run)) = ended {
                runs[index] = Some(run);
            }
        }
        runs.into_iter().flatten().collect()
    }

    async fn once(&self, activity: &Activity, cancel: &CancellationToken) -> Value {
        let run = perform(activity, &self.client, cancel).await;
        if run["status"] == "failed" {
            let why = run["exception"][0].as_str().unwrap_or_default();
            (self.told)(&format!("failed  {}: {why}", activity.name));
        }
        run
    }
}

async fn perform(
    activity: &Activity,
    client: &reqwest::Client,
    cancel: &CancellationToken,
) -> Value {
    // A pause that is broken off leads to an activity that is not begun.
    let _ = cancel.run_until_cancelled(sleep(activity.before)).await;
    let start = wall_clock();
    let result = cancel
        .run_until_cancelled(activity.provider.run(client))
        .await;
    let end = wall_clock();
    let result = result.unwrap_or_else(|| Err("interrupted".to_owned()));
    let mut run = json!({
        "activity": activity.raw,
        "output": result.as_ref().ok(),
        "status": if result.is_ok() { "succeeded" } else { "failed" },
        "start": stamp(start),
        "end": stamp(end),
        "duration": seconds(start, end),
    });
    if let Err(why) = result {
        run["exception"] = json!([why]);
    }
    let _ = cancel.run_until_cancelled(sleep(activity.after)).await;
    run
}

fn seconds(start: SystemTime, end: SystemTime) -> f64 {
    end.duration_since(start).unwrap_or_default().as_secs_f64()
}
