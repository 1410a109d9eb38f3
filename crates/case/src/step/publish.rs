use std::collections::BTreeMap;

use rtest_core::plan::PublishStep;
use rtest_core::{Span, UnknownVariable};

use super::{Bench, Done};

pub(super) async fn take(
    bench: &Bench<'_>,
    plan: &PublishStep,
    span: &Span,
) -> Result<Done, UnknownVariable> {
    let topic = bench.variables.render(&plan.topic)?;
    let value = bench.variables.render_json(&plan.json)?;
    let key = match &plan.key {
        Some(key) => Some(bench.variables.render(key)?.into_owned()),
        None => None,
    };
    let published = async {
        let kafka = bench.kafka(&plan.service).await?;
        let value = value.into_bytes();
        kafka.publish(&topic, key, value, BTreeMap::new()).await
    };
    Ok(match published.await {
        Ok(()) => Done::default(),
        Err(error) => Done::failed("the message to be taken", error.to_string(), span),
    })
}
