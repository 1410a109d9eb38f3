//! What services use, seen from outside of them.

use std::time::Duration;

use rtest_core::event::{EventKind, ServiceState};
use rtest_core::plan::{ServiceFault, ServicePlan};
use rtest_core::usage::{Quantity, UsageTick};

use crate::rig::{Placed as _, Rig, Seen, script, server};

pub(crate) const PERIOD: Duration = Duration::from_millis(100);

/// Starts services that are looked at.
pub(crate) async fn watched(rig: &Rig, services: Vec<ServicePlan>) -> rtest_env::Environment {
    let mut setup = rig.setup(services);
    setup.sample = Some(PERIOD);
    rig.start_setup(setup).await.expect("they come up")
}

/// What was read of a quantity, in the order of time.
pub(crate) fn readings(seen: &[Seen], service: &str, quantity: Quantity) -> Vec<f64> {
    let ticks = seen.iter().filter_map(|seen| match seen {
        Seen::Event(EventKind::Usage(tick)) => Some(tick),
        _ => None,
    });
    ticks
        .filter_map(|tick| reading(tick, service, quantity))
        .collect()
}

fn reading(tick: &UsageTick, service: &str, quantity: Quantity) -> Option<f64> {
    let mut services = tick.services.iter();
    let (_, readings) = services.find(|(name, _)| name == service)?;
    let found = readings.iter().find(|it| it.quantity == quantity)?;
    Some(found.value)
}

/// Waits until a reading of a quantity is as wanted, and returns it.
pub(crate) async fn until(
    rig: &Rig,
    service: &str,
    quantity: Quantity,
    wanted: impl Fn(f64) -> bool,
) -> f64 {
    let what = format!("{} of {service}", quantity.name());
    rig.witness
        .find(&what, |seen| {
            let all = readings(seen, service, quantity);
            all.into_iter().find(|value| wanted(*value))
        })
        .await
}

#[tokio::test]
async fn a_process_that_works_is_told_from_one_that_waits_and_its_children_count() {
    let rig = Rig::new();
    // The work is done by a child of the child that is started.
    let busy = script("busy", "(while :; do :; done) & $serve");
    let environment = watched(&rig, vec![server("idle"), busy]).await;
    let cpu = until(&rig, "busy", Quantity::Cpu, |share| share > 0.2).await;
    assert!(cpu < 64.0, "a share of one core: {cpu}");
    let memory = until(&rig, "idle", Quantity::Memory, |bytes| bytes > 0.0).await;
    assert!((1e5..1e9).contains(&memory), "in bytes: {memory}");
    let idle = readings(&rig.witness.all(), "idle", Quantity::Cpu);
    let mean = idle.iter().sum::<f64>() / idle.len().max(1) as f64;
    assert!(mean < 0.2, "it waits: {idle:?}");
    environment.stop().await;
}

#[tokio::test]
async fn a_service_is_looked_at_again_after_a_restart_and_not_while_it_is_down() {
    let rig = Rig::new();
    let environment = watched(&rig, vec![server("catalog")]).await;
    until(&rig, "catalog", Quantity::Memory, |bytes| bytes > 0.0).await;
    let control = environment.control();
    let struck = control.strike("catalog", &ServiceFault::Kill, Duration::from_secs(60));
    struck.await.expect("it is killed");
    rig.witness.until("catalog stopped").await;
    let down = rig.witness.all().len();
    let quiet = rig.witness.find("looks at rtest alone", |seen| {
        let alone = seen[down..].iter().filter(|seen| {
            matches!(seen, Seen::Event(EventKind::Usage(tick)) if tick.services.is_empty() && !tick.rtest.is_empty())
        });
        (alone.count() >= 2).then_some(())
    });
    quiet.await;
    assert!(readings(&rig.witness.all()[down..], "catalog", Quantity::Memory).is_empty());
    assert!(control.mend("catalog").await.clean);
    let again = rig.witness.find("looks at it again", |seen| {
        readings(&seen[down..], "catalog", Quantity::Memory).pop()
    });
    again.await;
    environment.stop().await;
}

#[tokio::test]
async fn a_service_is_prepared_when_its_callees_are_ready_and_then_started() {
    let rig = Rig::new();
    let shop = server("shop").after(&["catalog"]);
    let environment = rig.start(vec![server("catalog"), shop]).await;
    environment.expect("they come up").stop().await;
    let all = rig.witness.all();
    let told = |service: &str, state: fn(&ServiceState) -> bool| {
        let is_it = |seen: &Seen| matches!(seen, Seen::Event(EventKind::Service { name, state: of }) if name == service && state(of));
        all.iter().position(is_it).expect("it was told")
    };
    let order = [
        told("catalog", |it| *it == ServiceState::Preparing),
        told("catalog", |it| *it == ServiceState::Starting),
        told("catalog", |it| matches!(it, ServiceState::Ready { .. })),
        told("shop", |it| *it == ServiceState::Preparing),
        told("shop", |it| *it == ServiceState::Starting),
    ];
    assert!(order.is_sorted(), "{order:?}");
}

#[tokio::test]
async fn nobody_looks_where_nobody_is_to() {
    let rig = Rig::new();
    let environment = rig.start(vec![server("catalog").within(20_000)]).await;
    environment.expect("it comes up").stop().await;
    let is_usage = |seen: &Seen| matches!(seen, Seen::Event(EventKind::Usage(_)));
    assert!(!rig.witness.all().iter().any(is_usage));
}
