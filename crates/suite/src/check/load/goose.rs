//! What the engine goose cannot do is refused where it stands: a key that is only left out at run
//! time would silently not do what it was written for.

use rtest_core::plan::{Cookies, Engine};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::collection::List;

use crate::file::{Capture, Executor, Load, Scenario, Step, StepKeys};

/// Checks a scenario, and the load around it, if goose is to run it.
pub(super) fn check(keys: &Scenario, load: &Load, cx: &mut Context<'_>) {
    let Some(engine) = keys.engine.spanned() else {
        return;
    };
    if engine.value.0 != Engine::Goose {
        return;
    }
    if !cx.has_goose {
        cx.found.add(
            Diagnostic::new(Code::NoGoose, "this build of rtest has no goose")
                .at(&engine.span)
                .hint("`cargo install --path . --features goose` makes one that has it; without `engine`, rtest's own engine runs the scenario"),
        );
    }
    let mut refused = Refused(cx);
    refused.load(load, &engine.span);
    refused.scenario(keys);
    for section in [&keys.flow, &keys.before, &keys.after] {
        refused.steps(section.value());
    }
}

struct Refused<'a, 'c>(&'a mut Context<'c>);

impl Refused<'_, '_> {
    /// Something stands at `place` that `hint` says what to do about.
    fn add(&mut self, place: Option<&Span>, what: &str, hint: &str) {
        if let Some(place) = place {
            let message = format!("goose {what}");
            let diagnostic = Diagnostic::new(Code::EngineCannot, message).at(place);
            self.0.found.add(diagnostic.hint(hint));
        }
    }

    fn load(&mut self, load: &Load, engine: &Span) {
        const LEAVE_OUT: &str = "leave out `engine`: rtest's own engine has it";
        let scenarios = load.scenarios.value().map_or(0, |named| named.0.len());
        self.add(
            (scenarios > 1).then_some(engine),
            "runs one scenario in a process, and this load has several",
            "leave out `engine`, or give the scenario a suite of its own",
        );
        let has_no_such_steps = "takes no steps around its scenario";
        self.add(load.setup.key(), has_no_such_steps, LEAVE_OUT);
        self.add(load.teardown.key(), has_no_such_steps, LEAVE_OUT);
        let Some(http) = load.http.value() else {
            return;
        };
        for key in [
            http.version.key(),
            http.tls.key(),
            http.timeouts.key(),
            http.dns.key(),
            http.connections.key(),
            http.proxy.key(),
            http.unix_socket.key(),
            http.compression.key(),
        ] {
            self.add(key, "has no such choice of how HTTP is spoken", LEAVE_OUT);
        }
        self.auth(http.auth.key());
        let cookies = http.cookies.spanned();
        let by_iteration = cookies.filter(|cookies| cookies.value.0 == Cookies::Iteration);
        self.add(
            by_iteration.map(|cookies| &cookies.span),
            "keeps cookies as long as a user",
            "write `vu` or `off`",
        );
    }

    fn scenario(&mut self, keys: &Scenario) {
        let executor = keys.executor.spanned();
        let other = executor.filter(|executor| {
            !matches!(
                executor.value.0,
                Executor::ConstantVus | Executor::PerVuIterations
            )
        });
        self.add(
            other.map(|executor| &executor.span),
            "is a closed loop of a fixed number of users",
            "it runs `constant-vus` and `per-vu-iterations`; leave out `engine` for all others",
        );
        let around = "takes no steps before and after the iterations of a user";
        let hint = "leave out `engine`: rtest's own engine has it";
        self.add(keys.before.key(), around, hint);
        self.add(keys.after.key(), around, hint);
        self.add(keys.feeder.key(), "has no feeders", hint);
    }

    fn steps(&mut self, steps: Option<&List<Step, 1>>) {
        for step in steps.into_iter().flat_map(|list| &list.items) {
            let keys = &step.value.0;
            self.step(keys);
            for children in keys.children() {
                self.steps(Some(children));
            }
        }
    }

    fn step(&mut self, keys: &StepKeys) {
        self.add(
            keys.parallel.key(),
            "sends one request of a user at a time",
            "put the requests one after the other, or leave out `engine`",
        );
        self.add(
            keys.contract.key(),
            "holds no answers against contracts",
            "leave out `engine`: rtest's own engine does",
        );
        self.add(
            keys.options.key(),
            "has no such method",
            "it knows `get`, `post`, `put`, `patch`, `delete` and `head`",
        );
        let leave_out = "leave out `engine`: rtest's own engine has it";
        self.add(keys.multipart.key(), "has no multipart bodies", leave_out);
        self.add(
            keys.measure.key(),
            "feeds no metrics of the suite's own",
            leave_out,
        );
        self.auth(keys.auth.key());
        let captures = keys.capture.value().map(|named| named.0.as_slice());
        for capture in captures.unwrap_or_default() {
            let css = match capture.value.as_ref().map(|it| &it.value) {
                Some(Capture::By(keys)) => keys.css.key(),
                _ => None,
            };
            let hint = "capture by `json`, `header` or `regex`, or leave out `engine`";
            self.add(css, "does not read HTML", hint);
        }
    }

    fn auth(&mut self, key: Option<&Span>) {
        self.add(
            key,
            "logs in nowhere by itself",
            "send an `authorization` header, or leave out `engine`",
        );
    }
}
