use std::time::Duration;

use rtest_core::expectation::Expectation;
use rtest_core::plan::{
    Arrivals, CheckPlan, Engine, ExecutorPlan, LoadPlan, RequestStep, ScenarioPlan, Step, StepKind,
    Target, Think,
};
use rtest_core::unit::parse_rate;
use rtest_core::{Span, Template};

pub fn open(rate: &str, duration: Duration, max_vus: u32) -> ExecutorPlan {
    ExecutorPlan::ConstantArrivalRate {
        rate: parse_rate(rate).expect(rate),
        duration,
        max_vus,
        arrivals: Arrivals::Even,
    }
}

pub fn closed(vus: u32, duration: Duration) -> ExecutorPlan {
    ExecutorPlan::ConstantVus { vus, duration }
}

pub fn text(template: &str) -> Template {
    Template::parse(template).expect(template)
}

pub fn get(path: &str) -> RequestStep {
    request("GET", path)
}

pub fn request(method: &str, path: &str) -> RequestStep {
    RequestStep::new(method, text(path), Duration::from_secs(20))
}

pub fn check(name: &str, expectation: Expectation) -> CheckPlan {
    CheckPlan {
        name: name.to_owned(),
        expectation,
        span: span(),
    }
}

pub fn sends(request: RequestStep) -> Step {
    Step {
        kind: StepKind::Request(Box::new(request)),
        span: span(),
    }
}

pub fn thinks(duration: Duration) -> Step {
    Step {
        kind: StepKind::Think(Think::Constant(duration)),
        span: span(),
    }
}

pub fn scenario(executor: ExecutorPlan, flow: Vec<Step>) -> ScenarioPlan {
    ScenarioPlan {
        name: "browse".to_owned(),
        engine: Engine::default(),
        executor,
        flow,
        before: Vec::new(),
        after: Vec::new(),
        feeders: Vec::new(),
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::from_secs(10),
        span: span(),
    }
}

pub fn load(scenarios: Vec<ScenarioPlan>) -> LoadPlan {
    LoadPlan {
        tick: Duration::from_millis(250),
        ..LoadPlan::new(Target::Service("target".to_owned()), scenarios)
    }
}

pub fn span() -> Span {
    Span::of_flag("test", "test")
}
