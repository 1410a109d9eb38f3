use crate::rig::{Rig, script};

#[tokio::test]
async fn stdout_and_stderr_stand_in_the_order_they_were_written() {
    let rig = Rig::new();
    let environment = rig
        .start(vec![script(
            "shop",
            "for i in 1 2 3; do echo out $i; echo err $i >&2; done; exec $serve",
        )])
        .await
        .expect("all is well");
    environment.stop().await;
    assert!(
        rig.log("shop")
            .starts_with("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nshop listens"),
        "{}",
        rig.log("shop")
    );
}

#[tokio::test]
async fn secrets_reach_neither_the_log_nor_the_error() {
    let rig = Rig::new();
    let mut setup = rig.setup(vec![script(
        "shop",
        "echo 'connecting with hunter2 to postgres://app:s3cret@db/x'; exit 1",
    )]);
    setup.secrets.add("hunter2");
    let error = rig.start_setup(setup).await.expect_err("it ends");
    let shown = error.diagnostic().to_string();
    let clean = "connecting with [redacted] to postgres://app:[redacted]@db/x\n";
    assert!(shown.contains(clean), "{shown}");
    assert_eq!(rig.log("shop"), clean);
}

#[tokio::test]
async fn a_line_of_10_mb_is_cut_and_holds_nobody_up() {
    let rig = Rig::new();
    let environment = rig
        .start(vec![script(
            "shop",
            "head -c 10000000 /dev/zero | tr '\\0' x; echo; echo next; exec $serve",
        )])
        .await
        .expect("the log takes it");
    environment.stop().await;
    let log = rig.log("shop");
    let lines: Vec<&str> = log.lines().collect();
    assert!(lines[0].starts_with("xxxx") && lines[0].len() < 70_000);
    assert!(
        lines[0].ends_with("… [9934464 more bytes of this line]"),
        "{}",
        &lines[0][lines[0].len() - 60..]
    );
    assert_eq!(lines[1], "next");
}
