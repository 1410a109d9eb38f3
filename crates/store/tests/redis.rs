//! Against a real Redis.

mod support;

use std::time::Duration;

use rtest_store::{Limits, Redis, StoreError};
use serde_json::{Value, json};
use support::Server;

async fn command(redis: &Redis, text: &str, limits: Limits) -> Result<Value, StoreError> {
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    redis.command(&words, limits).await
}

async fn up(redis: &Redis) {
    for _ in 0..300 {
        if redis.ping(Limits::default()).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("Redis does not take connections");
}

#[tokio::test]
async fn a_command_gives_its_reply_and_a_refused_one_redis_own_words() {
    let Some(server) = Server::redis(&["--requirepass", "s3cret"]) else {
        return;
    };
    let url = format!("redis://:s3cret@127.0.0.1:{}", server.port);
    let redis = Redis::at(&url).expect("here");
    up(&redis).await;
    let limits = Limits::default();
    for (sent, reply) in [
        ("SET user:7 Surya", json!("OK")),
        ("GET user:7", json!("Surya")),
        ("GET nobody", json!(null)),
        ("INCR hits", json!(1)),
        ("RPUSH list a b c", json!(3)),
        ("LRANGE list 0 -1", json!(["a", "b", "c"])),
    ] {
        let got = command(&redis, sent, limits).await;
        assert_eq!(got.expect(sent), reply, "{sent}");
    }
    let wrong = command(&redis, "INCR user:7", limits).await;
    let Err(StoreError::Refused(why)) = wrong else {
        panic!("{wrong:?}");
    };
    assert_eq!(why, "ERR value is not an integer or out of range");
    let other = Redis::at(&format!("redis://:wr0ng@127.0.0.1:{}", server.port)).expect("here");
    let refused = other.ping(limits).await.expect_err("not its password");
    assert!(!refused.to_string().contains("wr0ng"), "{refused}");
    assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
}

#[tokio::test]
async fn what_is_too_much_or_takes_too_long_is_told() {
    let Some(server) = Server::redis(&[]) else {
        return;
    };
    let redis = Redis::at(&format!("redis://127.0.0.1:{}", server.port)).expect("here");
    up(&redis).await;
    let limits = Limits::default();
    command(&redis, "SETRANGE big 50000000 x", limits)
        .await
        .expect("made");
    let many = command(
        &redis,
        "EVAL return({1,2,3,4,5,6,7,8,9}) 0",
        Limits { rows: 5, ..limits },
    );
    let many = many.await;
    assert!(matches!(many, Err(StoreError::TooManyRows(5))), "{many:?}");
    let big = command(&redis, "GET big", limits).await;
    assert!(matches!(big, Err(StoreError::TooManyBytes(_))), "{big:?}");
    let hasty = limits.within(Duration::from_millis(300));
    let slow = command(&redis, "BLPOP nothing 100", hasty).await;
    assert!(matches!(slow, Err(StoreError::TooSlow(_))), "{slow:?}");
    drop(server);
    let gone = redis.ping(limits).await;
    assert!(matches!(gone, Err(StoreError::Connection(_))), "{gone:?}");
}
