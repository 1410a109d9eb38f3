use rtest_core::plan::{ServiceChoice, ServiceFault, Share};
use rtest_core::{ControlFuture, ProcessMark};

use super::*;

/// Services that note what is done to them; `stubborn` never comes back, `external` is nobody's.
#[derive(Debug, Default)]
struct Keeper(Mutex<Vec<String>>);

impl ServiceControl for Keeper {
    fn refusal(&self, service: &str, _: &ServiceFault) -> Option<String> {
        (service == "external").then(|| "it is not ours".to_owned())
    }

    fn patience(&self, _: &str) -> Duration {
        Duration::from_secs(30)
    }

    fn processes(&self, _: &str) -> Option<ProcessMark> {
        None
    }

    fn strike<'a>(
        &'a self,
        service: &'a str,
        fault: &'a ServiceFault,
        ttl: Duration,
    ) -> ControlFuture<'a, Result<String, String>> {
        let told = format!("{} {service} for {ttl:?}", fault.word());
        self.0.lock().unwrap().push(told);
        Box::pin(std::future::ready(match service {
            "gone" => Err("it does not run".to_owned()),
            _ => Ok("struck".to_owned()),
        }))
    }

    fn mend<'a>(&'a self, service: &'a str) -> ControlFuture<'a, RollbackProof> {
        self.0.lock().unwrap().push(format!("mend {service}"));
        Box::pin(async move {
            // As long as a service takes to come back.
            sleep(Duration::from_secs(6)).await;
            RollbackProof {
                clean: service != "stubborn",
                seen: "looked".to_owned(),
            }
        })
    }
}

fn on_services_named(names: &[&str], share: Share) -> FaultPlan {
    FaultPlan {
        target: FaultTarget::Services {
            services: ServiceChoice {
                among: names.iter().map(|name| (*name).to_owned()).collect(),
                share,
            },
            fault: ServiceFault::Kill,
        },
        ..fault("kill", 1, 3, DOWN)
    }
}

async fn struck(stand: &Stand, plan: FaultPlan) -> Vec<String> {
    let keeper = Arc::new(Keeper::default());
    let context = DrillContext {
        services: Some(Arc::clone(&keeper) as Arc<dyn ServiceControl>),
        ..stand.context()
    };
    let plan = ChaosPlan {
        hypothesis: Vec::new(),
        timeline: vec![plan],
        ..ChaosPlan::default()
    };
    let drill = Drill::new(plan, context).expect("services that are there");
    drill.run(RunTime::ZERO).await;
    std::mem::take(&mut *keeper.0.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn services_are_struck_and_mended_together_and_the_window_lasts_until_they_are_back() {
    let stand = Stand::new().await;
    let told = struck(&stand, on_services_named(&["a", "b"], Share::All)).await;
    assert_eq!(
        told,
        ["kill a for 18s", "kill b for 18s", "mend a", "mend b"]
    );
    assert_eq!(stand.journal.short(), entries(&[(1.0, "+0"), (10.0, "-0")]));
    assert_eq!(stand.journal.proof(0).seen, "`a`: looked; `b`: looked");
}

#[tokio::test(start_paused = true)]
async fn which_of_several_services_is_struck_is_told() {
    let stand = Stand::new().await;
    let told = struck(&stand, on_services_named(&["a", "b", "c"], Share::One)).await;
    assert_eq!(told.len(), 2, "{told:?}");
    let name = told[1].strip_prefix("mend ").expect("mended");
    let remark = format!("the fault `kill` strikes {name} of a, b, c, drawn from seed 42");
    assert_eq!(stand.journal.short()[0], (1.0, remark));
}

#[tokio::test(start_paused = true)]
async fn services_that_are_gone_or_stay_away_fail_the_fault() {
    let stand = Stand::new().await;
    struck(&stand, on_services_named(&["a", "gone"], Share::All)).await;
    let proof = stand.journal.proof(0);
    assert!(
        !proof.clean && proof.seen.contains("`gone`: it does not run"),
        "{proof:?}"
    );

    let stand = Stand::new().await;
    struck(&stand, on_services_named(&["a", "stubborn"], Share::All)).await;
    assert!(!stand.journal.proof(0).clean);
}

#[tokio::test(start_paused = true)]
async fn a_fault_that_some_service_cannot_have_is_refused_before_anything_is_broken() {
    let stand = Stand::new().await;
    let plan = |services| ChaosPlan {
        hypothesis: Vec::new(),
        timeline: vec![services],
        ..ChaosPlan::default()
    };
    // Whether or not the draw would have hit it.
    let choice = on_services_named(&["a", "b", "c", "d", "e", "external"], Share::One);
    let context = DrillContext {
        services: Some(Arc::new(Keeper::default())),
        ..stand.context()
    };
    let refused = Drill::new(plan(choice.clone()), context).expect_err("one of them is not ours");
    assert_eq!(
        refused.to_string(),
        "the fault `kill` cannot be done to `external`: it is not ours"
    );
    let refused = Drill::new(plan(choice), stand.context()).expect_err("no hold on services");
    assert!(
        refused.to_string().contains("cannot be reached here"),
        "{refused}"
    );
}
