use std::collections::BTreeMap;

use rtest_core::Variables;
use rtest_core::plan::{StateAction, StatePlan, StatesPlan};
use serde_json::{Map, Value};
use tokio::sync::{OnceCell, RwLock, RwLockReadGuard, RwLockWriteGuard};
use tokio::time::{Instant, timeout_at};

use super::change::{Action, change};
use super::error::no_handler;
use super::{ProviderState, StateError, command, http, sql};
use crate::interaction::{Contract, Interaction};
use crate::provider::{INTERACTION_TIMEOUT, Provider};
use crate::verification::VerifyContext;

/// What brings the provider into states, and keeps interactions apart that share its data: one
/// that has states is alone, those without any may be side by side.
pub(crate) struct States<'a> {
    plan: &'a StatesPlan,
    context: &'a VerifyContext,
    provider: &'a Provider,
    data: RwLock<()>,
    /// Whether what services hold has been kept, so that it can be brought back.
    settled: OnceCell<()>,
}

/// An interaction's time in its states.
pub(crate) struct Stay<'a> {
    states: &'a States<'a>,
    consumer: &'a str,
    entered: &'a [ProviderState],
    values: BTreeMap<String, Value>,
    _held: Held<'a>,
}

enum Held<'a> {
    Alone(#[allow(dead_code)] RwLockWriteGuard<'a, ()>),
    Shared(#[allow(dead_code)] RwLockReadGuard<'a, ()>),
}

impl<'a> States<'a> {
    pub(crate) fn new(
        plan: &'a StatesPlan,
        context: &'a VerifyContext,
        provider: &'a Provider,
    ) -> Self {
        Self {
            plan,
            context,
            provider,
            data: RwLock::new(()),
            settled: OnceCell::new(),
        }
    }

    /// Brings the provider into all states of an interaction, in order. Waits for interactions that are under way
    /// where it must be alone.
    ///
    /// # Errors
    /// The first state that could not be set up; all of those that nothing is known of, together.
    ///
    /// # Cancellation
    /// An action under way is abandoned; what it has done stays.
    pub(crate) async fn enter(
        &'a self,
        contract: &'a Contract,
        interaction: &'a Interaction,
        deadline: Instant,
    ) -> Result<Stay<'a>, StateError> {
        let states = &interaction.states[..];
        let mut stay = Stay {
            states: self,
            consumer: &contract.consumer,
            entered: states,
            values: BTreeMap::new(),
            // Whoever asks first has it first.
            _held: if states.is_empty() && !interaction.in_order {
                Held::Shared(self.data.read().await)
            } else {
                Held::Alone(self.data.write().await)
            },
        };
        if states.is_empty() {
            return Ok(stay);
        }
        let unknown = |state: &&ProviderState| self.handler(&state.name).is_none();
        if self.plan.change.is_none() && states.iter().any(|state| unknown(&state)) {
            return Err(StateError::NoHandler(no_handler(states, self.plan)));
        }
        self.settled
            .get_or_try_init(|| self.bring_data_back())
            .await?;
        let entered = timeout_at(deadline, stay.set_up(deadline)).await;
        let entered = entered.unwrap_or(Err(StateError::Timeout(INTERACTION_TIMEOUT.as_secs())));
        match entered {
            Ok(()) => Ok(stay),
            Err(error) => {
                // Whoever comes next finds the data as it was; why says more than what that gave.
                let _ = stay.leave().await;
                Err(error)
            }
        }
    }

    fn handler(&self, state: &str) -> Option<&'a StatePlan> {
        self.plan.handlers.iter().find(|plan| plan.name == state)
    }

    async fn bring_data_back(&self) -> Result<(), StateError> {
        for service in self.context.data.services() {
            let reset = self.context.data.reset(&service).await;
            reset.map_err(|why| StateError::Data { service, why })?;
        }
        Ok(())
    }

    async fn act(
        &self,
        action: &StateAction,
        variables: &Variables,
        deadline: Instant,
    ) -> Result<Map<String, Value>, String> {
        match action {
            StateAction::Http(call) => http::call(call, variables, self.provider, deadline).await,
            StateAction::Sql { url, shown, query } => sql::run(url, shown, query, variables).await,
            StateAction::Command { words, cwd } => command::run(words, cwd, variables).await,
        }
    }

    fn variables(&self, state: &ProviderState) -> Variables {
        let mut variables = Variables::new(&self.context.variables);
        for (name, value) in &state.params {
            variables.set(name, value.clone());
        }
        variables
    }
}

impl Stay<'_> {
    /// What generators may refer to: the states' parameters, then what their actions gave.
    pub(crate) fn values(&self) -> &BTreeMap<String, Value> {
        &self.values
    }

    async fn set_up(&mut self, deadline: Instant) -> Result<(), StateError> {
        let states = self.states;
        for state in self.entered {
            self.values.extend(state.params.clone());
        }
        for state in self.entered {
            let failed = |why| StateError::Action {
                state: state.name.clone(),
                why,
            };
            let Some(plan) = states.handler(&state.name) else {
                let given = self.change(state, Action::Setup, deadline).await;
                self.values.extend(given.map_err(failed)?);
                continue;
            };
            let mut variables = states.variables(state);
            for action in &plan.setup {
                let given = states.act(action, &variables, deadline).await;
                for (name, value) in given.map_err(failed)? {
                    variables.set(&name, value.clone());
                    self.values.insert(name, value);
                }
            }
        }
        Ok(())
    }

    async fn change(
        &self,
        state: &ProviderState,
        action: Action,
        deadline: Instant,
    ) -> Result<Map<String, Value>, String> {
        match &self.states.plan.change {
            Some(plan) if plan.teardown || action == Action::Setup => {
                let provider = self.states.provider;
                change(plan, self.consumer, state, action, provider, deadline).await
            }
            _ => Ok(Map::new()),
        }
    }

    /// Leaves the states, the last first, and brings back the data of services.
    ///
    /// # Errors
    /// The first thing that could not be done; the others are done all the same.
    pub(crate) async fn leave(self) -> Result<(), StateError> {
        if self.entered.is_empty() {
            return Ok(());
        }
        let deadline = Instant::now() + INTERACTION_TIMEOUT;
        let mut first = None;
        for state in self.entered.iter().rev() {
            if let Err(why) = self.tear_down(state, deadline).await {
                let state = state.name.clone();
                first.get_or_insert(StateError::Teardown { state, why });
            }
        }
        if let Err(error) = self.states.bring_data_back().await {
            first.get_or_insert(error);
        }
        first.map_or(Ok(()), Err)
    }

    async fn tear_down(&self, state: &ProviderState, deadline: Instant) -> Result<(), String> {
        let Some(plan) = self.states.handler(&state.name) else {
            return (self.change(state, Action::Teardown, deadline).await).map(drop);
        };
        let mut variables = self.states.variables(state);
        for (name, value) in &self.values {
            variables.set(name, value.clone());
        }
        for action in &plan.teardown {
            let done = self.states.act(action, &variables, deadline);
            let done = timeout_at(deadline, done).await;
            done.map_err(|_| "it took too long".to_owned())??;
        }
        Ok(())
    }
}
