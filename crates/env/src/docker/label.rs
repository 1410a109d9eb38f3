use std::collections::HashMap;

/// The run that something belongs to.
const RUN: &str = "rtest.run";
/// The service that it is, or is for.
const SERVICE: &str = "rtest.service";

/// The labels of what belongs to a run.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    run_id: String,
}

impl Labels {
    pub(crate) fn of_run(run_id: &str) -> Self {
        Self {
            run_id: run_id.to_owned(),
        }
    }

    /// The run's id.
    pub(crate) fn run_id(&self) -> &str {
        &self.run_id
    }

    /// What everything of the run carries.
    pub(crate) fn run(&self) -> HashMap<String, String> {
        HashMap::from([(RUN.to_owned(), self.run_id.clone())])
    }

    /// What everything of one of its services carries.
    pub(crate) fn service(&self, service: &str) -> HashMap<String, String> {
        let mut labels = self.run();
        labels.insert(SERVICE.to_owned(), service.to_owned());
        labels
    }

    /// Selects what belongs to the run.
    pub(crate) fn filter(&self) -> HashMap<&'static str, Vec<String>> {
        HashMap::from([("label", vec![format!("{RUN}={}", self.run_id)])])
    }
}

/// Selects what belongs to any run.
pub(super) fn any_run() -> HashMap<&'static str, Vec<String>> {
    HashMap::from([("label", vec![RUN.to_owned()])])
}

/// The run that something with these labels belongs to.
pub(super) fn run_of(labels: &HashMap<String, String>) -> Option<String> {
    labels.get(RUN).cloned()
}
