use rtest_core::plan::{Protocol, ServicePlan};

use crate::wiring::Wiring;

/// What a known image needs beyond its own defaults to work as a service of a run; what the suite
/// says comes after it, and wins.
pub(super) fn environment(service: &ServicePlan, wiring: &Wiring) -> Vec<(String, String)> {
    match service.protocol {
        Protocol::Kafka => kafka(&wiring.advertised(&service.name)),
        Protocol::Http | Protocol::Postgres(_) | Protocol::Redis { .. } => Vec::new(),
    }
}

/// One broker that is its own controller. Its clients are told to go on at `advertised`, whatever
/// address they had begun with; the image's own default is an address inside the container.
fn kafka(advertised: &str) -> Vec<(String, String)> {
    let settings = [
        ("KAFKA_NODE_ID", "1"),
        ("KAFKA_PROCESS_ROLES", "broker,controller"),
        ("KAFKA_LISTENERS", "PLAINTEXT://:9092,CONTROLLER://:9093"),
        ("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
        (
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
            "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        ),
        ("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093"),
        ("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
        ("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"),
        ("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1"),
        ("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let advertised = (
        "KAFKA_ADVERTISED_LISTENERS".to_owned(),
        format!("PLAINTEXT://{advertised}"),
    );
    settings.into_iter().chain([advertised]).collect()
}
