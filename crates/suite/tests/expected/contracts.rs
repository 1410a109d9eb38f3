use crate::*;

pub(crate) fn contracts() -> Vec<ContractPlan> {
    let state = |name: &str, setup, line: &str| StatePlan {
        name: name.into(),
        setup,
        teardown: Vec::new(),
        span: at(line, name),
    };
    let call = |method: &str, path: &str, json| {
        vec![StateAction::Http(StateCall {
            method: method.into(),
            path: Template::literal(path),
            json,
        })]
    };
    let pacts = |path: PathBuf, handlers| {
        ContractKind::Pact(PactPlan {
            source: ContractSource::Path(path),
            select: InteractionSelect::default(),
            states: StatesPlan {
                handlers,
                change: None,
                place: StatesPlace::Entry,
            },
            jobs: 1,
            messages: "/".into(),
        })
    };
    let user = json!({ "id": 7, "name": "Surya" });
    vec![
        ContractPlan {
            provider: "storefront".into(),
            target: Target::Service("storefront".into()),
            headers: Vec::new(),
            tls: TlsPlan::default(),
            faults: Vec::new(),
            degrades_to: None,
            kind: pacts(
                PathBuf::from(FOLDER).join("pacts"),
                vec![
                    state(
                        "user 7 exists",
                        call("POST", "/users", Some(user)),
                        "user 7 exists",
                    ),
                    state(
                        "no user exists",
                        call("DELETE", "/users", None),
                        "no user exists",
                    ),
                    state("the shop is open", Vec::new(), "the shop is open"),
                    state("a", call("GET", "/", None), "      a: {"),
                    state("b", call("PUT", "/", None), "      b: {"),
                    state("c", call("PATCH", "/", None), "      c: {"),
                ],
            ),
            span: at("- pact: pacts", "pact: pacts"),
        },
        ContractPlan {
            kind: pacts(PathBuf::from(FOLDER).join("pacts/shop.json"), Vec::new()),
            headers: Vec::new(),
            tls: TlsPlan::default(),
            faults: Vec::new(),
            degrades_to: None,
            provider: "shop".into(),
            target: Target::Address {
                scheme: rtest_core::Scheme::Http,
                authority: "localhost:80".into(),
                base_path: "/api".into(),
            },
            span: at("- pact: pacts/shop.json", "pact: pacts/shop.json"),
        },
    ]
}
