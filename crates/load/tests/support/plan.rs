use std::time::Duration;

use rtest_core::expectation::Expectation;
use rtest_core::plan::{
    Body, CheckPlan, ExecutorPlan, LoadPlan, RequestStep, ScenarioPlan, Step, StepKind, Target,
};
use rtest_core::unit::parse_rate;
use rtest_core::{Span, Template};

pub fn open(rate: &str, duration: Duration, max_vus: u32) -> ExecutorPlan {
    ExecutorPlan::ConstantArrivalRate {
        rate: parse_rate(rate).expect(rate),
        duration,
        max_vus,
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
    RequestStep {
        endpoint: path.to_owned(),
        method: method.to_owned(),
        path: text(path),
        headers: Vec::new(),
        body: Body::Empty,
        checks: Vec::new(),
        tags: Vec::new(),
        timeout: Duration::from_secs(20),
    }
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
        kind: StepKind::Think(duration),
        span: span(),
    }
}

pub fn scenario(executor: ExecutorPlan, flow: Vec<Step>) -> ScenarioPlan {
    ScenarioPlan {
        name: "browse".to_owned(),
        executor,
        flow,
        tags: Vec::new(),
        start_time: Duration::ZERO,
        graceful_stop: Duration::from_secs(10),
        span: span(),
    }
}

pub fn load(scenarios: Vec<ScenarioPlan>) -> LoadPlan {
    LoadPlan {
        target: Target::Service("target".to_owned()),
        scenarios,
        thresholds: Vec::new(),
        tick: Duration::from_millis(250),
    }
}

pub fn span() -> Span {
    Span::of_flag("test", "test")
}
