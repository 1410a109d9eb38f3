//! Against a real broker: the one that `RTEST_TEST_KAFKA=host:port` names.

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use rtest_store::{Kafka, Limits, StoreError};

async fn broker(limits: Limits) -> Option<Kafka> {
    let Ok(address) = std::env::var("RTEST_TEST_KAFKA") else {
        support::not_here("RTEST_TEST_KAFKA=host:port names no broker");
        return None;
    };
    Some(Kafka::connect(&address, limits).await.expect("it answers"))
}

#[tokio::test]
async fn a_message_is_found_from_the_watermark_on_and_not_before_it() {
    let Some(kafka) = broker(Limits::default()).await else {
        return;
    };
    kafka.ping().await.expect("it answers");
    let topic = format!("rtest-{}", std::process::id());
    let nothing = kafka.watermarks(&topic).await.expect("no such topic yet");
    assert_eq!(kafka.since(&topic, &nothing).await.expect("empty"), []);
    let publish = |value: &'static str| {
        let headers = BTreeMap::from([("of".to_owned(), "test".to_owned())]);
        kafka.publish(&topic, Some("7".to_owned()), value.into(), headers)
    };
    publish("before").await.expect("taken");
    let mark = kafka.watermarks(&topic).await.expect("there now");
    publish("one").await.expect("taken");
    publish("two").await.expect("taken");
    let values = |messages: Vec<rtest_store::Message>| -> Vec<String> {
        let values = messages.into_iter().filter_map(|it| it.value);
        values
            .map(|it| String::from_utf8_lossy(&it).into_owned())
            .collect()
    };
    let since = kafka.since(&topic, &mark).await.expect("read");
    assert_eq!(since[0].key.as_deref(), Some("7"));
    assert_eq!(since[0].headers["of"], "test");
    assert_eq!(values(since), ["one", "two"]);
    let all = kafka.since(&topic, &nothing).await.expect("read");
    assert_eq!(values(all), ["before", "one", "two"]);

    let few = Limits {
        rows: 1,
        ..Limits::default()
    };
    let kafka = broker(few).await.expect("as before");
    let many = kafka.since(&topic, &nothing).await;
    assert!(matches!(many, Err(StoreError::TooManyRows(1))), "{many:?}");
}

#[tokio::test]
async fn nobody_and_elsewhere_are_told() {
    let hasty = Limits::default().within(Duration::from_secs(1));
    let nobody = Kafka::connect("127.0.0.1:9", hasty).await;
    assert!(
        matches!(
            nobody,
            Err(StoreError::Connection(_) | StoreError::TooSlow(_))
        ),
        "{nobody:?}"
    );
    for address in ["queue.example:9092", "127.0.0.1"] {
        let refused = Kafka::connect(address, hasty).await;
        assert!(
            matches!(refused, Err(StoreError::Address(_))),
            "{refused:?}"
        );
    }
}
