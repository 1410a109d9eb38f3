//! What contracts of a suite become.

use std::path::Path;

use rtest_core::plan::{
    ContractKind, ContractPlan, ContractSource, PactPlan, StateAction, StatePlan, Target,
};
use rtest_suite::Inputs;
use serde_json::json;

fn every() -> Vec<ContractPlan> {
    let path = Path::new("tests/suites/every-contract.yaml");
    let suite = rtest_suite::load(path, &Inputs::default()).expect("well formed");
    suite.plan(None, None).expect("it has contracts").contracts
}

fn pacts(plan: &ContractPlan) -> &PactPlan {
    let ContractKind::Pact(pacts) = &plan.kind else {
        panic!("pacts");
    };
    pacts
}

fn told(actions: &[StateAction]) -> Vec<String> {
    let told = actions.iter().map(|action| match action {
        StateAction::Http(call) => format!("{} {}", call.method, call.path),
        StateAction::Sql { url, shown, query } => format!("{shown} at {url}: {query}"),
        StateAction::Command { words, .. } => {
            let words: Vec<&str> = words.iter().map(|word| word.source()).collect();
            words.join(" ")
        }
    });
    told.collect()
}

fn state<'a>(plan: &'a ContractPlan, name: &str) -> &'a StatePlan {
    let handlers = &pacts(plan).states.handlers;
    let handler = handlers.iter().find(|state| state.name == name);
    handler.expect(name)
}

#[test]
fn states_become_actions_in_order_and_what_ends_them() {
    let shop = &every()[0];
    let user = state(shop, "user 7 exists");
    assert_eq!(
        told(&user.setup),
        [
            "db at {{ db.url }}: insert into users (id, name) values ({{ id }}, {{ name }}) returning id as user_id"
        ]
    );
    assert_eq!(
        told(&user.teardown),
        ["db at {{ db.url }}: delete from users where id = {{ user_id }}"]
    );
    let open = state(shop, "the shop is open");
    assert_eq!(
        told(&open.setup),
        ["POST /days/{{ day }}", "node open.mjs {{ day }}"]
    );
    assert_eq!(
        told(&open.teardown)[..2],
        ["node close.mjs", "DELETE /days/{{ day }}"]
    );
    let StateAction::Http(call) = &open.setup[0] else {
        panic!("a call");
    };
    assert_eq!(call.json, Some(json!({ "open": true, "by": "{{ who }}" })));
    assert_eq!(
        told(&state(shop, "elsewhere").setup),
        ["the database at postgres://shop@localhost:5432/shop: select 1"]
    );
    assert!(state(shop, "always").setup.is_empty());
}

#[test]
fn what_is_verified_is_selected_and_where_it_is_asked() {
    let [shop, other, ..] = &every()[..] else {
        panic!("two at least");
    };
    let (of_shop, of_other) = (pacts(shop), pacts(other));
    assert_eq!(
        shop.headers,
        [("Authorization", "Bearer abc"), ("X-Tenant", "t1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(of_shop.select.consumers, ["web", "mobile"]);
    assert_eq!(of_shop.select.description.as_deref(), Some("^shows"));
    assert_eq!(of_shop.select.state.as_deref(), Some(""));
    assert_eq!((of_shop.jobs, of_shop.messages.as_str()), (16, "/messages"));
    assert_eq!(
        of_shop.source,
        ContractSource::Path("tests/suites/pacts".into())
    );

    assert_eq!(
        of_other.source,
        ContractSource::Url("https://pacts.example/shop.json".to_owned())
    );
    assert!(matches!(&other.target, Target::Address { base_path, .. } if base_path == "/api"));
    assert!(other.tls.ca.is_some() && other.tls.client.is_some() && !other.tls.insecure);
    assert_eq!((of_other.jobs, of_other.messages.as_str()), (1, "/"));
    let change = of_other.states.change.as_ref().expect("told");
    assert_eq!(
        (change.url.as_str(), change.teardown),
        ("/_pact/states", true)
    );
    // From a file of its own, with its places there.
    let user = state(other, "user 7 exists");
    assert_eq!(told(&user.setup), ["POST /users"]);
    assert_eq!(user.span.to_string(), "tests/suites/data/states.yaml:2:1");
}

#[test]
fn a_document_is_checked_as_far_as_is_said() {
    let every = every();
    let ContractKind::OpenApi(openapi) = &every[2].kind else {
        panic!("a document");
    };
    assert_eq!(
        openapi.document,
        Path::new("tests/suites/data/openapi.yaml")
    );
    assert_eq!(openapi.examples, 50);
    assert_eq!(openapi.operations, ["GET *", "createUser"]);
    let checks: Vec<&str> = openapi.checks.iter().map(|check| check.name()).collect();
    assert_eq!(checks, ["not_a_server_error"]);
    assert!(every[2].span.text.contains("openapi: data/openapi.yaml"));
}

#[test]
fn contracts_of_spring_cloud_contract_are_selected_like_pacts() {
    let every = every();
    let ContractKind::SpringCloudContract(spring) = &every[3].kind else {
        panic!("contracts");
    };
    let folder = ContractSource::Path("tests/suites/data/contracts".into());
    assert_eq!((&spring.source, spring.jobs), (&folder, 4));
    assert_eq!(spring.select.description.as_deref(), Some("^health"));
    assert!(
        every[3]
            .span
            .text
            .contains("spring_cloud_contract: data/contracts")
    );
}

#[test]
fn faults_are_those_that_are_named_or_each_of_the_provider() {
    let told = |plan: &ContractPlan| -> Vec<String> {
        plan.faults.iter().map(ToString::to_string).collect()
    };
    let all = every();
    assert_eq!(
        told(&all[0]),
        [
            "storefront -> db latency 200ms",
            "storefront -> db reset",
            "storefront -> db down"
        ]
    );
    let declared = all[0].degrades_to.as_ref().expect("declared");
    assert!(declared.fits(503) && declared.fits(504) && !declared.fits(500));
    assert!(all[1].faults.is_empty() && all[1].degrades_to.is_none());

    let each = |target: &str, more: &str| {
        let text = format!(
            "name: x\nenvironment:\n  services:\n    catalog: {{ builtin: catalog }}\n    shop: {{ builtin: storefront, depends_on: [catalog] }}\ncontracts:\n  - pact: pacts\n    provider: {target}\n    {more}\n"
        );
        let folder = Path::new("tests/suites");
        rtest_suite::check(&text, "x.yaml", folder, &Inputs::default())
            .map(|suite| told(&suite.plan(None, None).expect("contracts").contracts[0]))
            .map_err(|all| all[0].message.clone())
    };
    let expected = ["latency 500ms", "reset", "down"].map(|it| format!("shop -> catalog {it}"));
    assert_eq!(each("shop", "faults: each"), Ok(expected.to_vec()));
    assert_eq!(
        each("catalog", "faults: each"),
        Err("the provider has no link that could be broken".to_owned())
    );
    assert_eq!(
        each("shop", "degrades_to: 503"),
        Err("nothing degrades without a fault".to_owned())
    );
}
