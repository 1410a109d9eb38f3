use rtest_core::plan::RedisStep;
use rtest_core::{Difference, Span, UnknownVariable};
use rtest_store::Redis;
use serde_json::Value;

use super::{Bench, Done, limits};
use crate::fill::Fill as _;

pub(super) async fn take(
    bench: &Bench<'_>,
    plan: &RedisStep,
    span: &Span,
) -> Result<Done, UnknownVariable> {
    let mut words = Vec::new();
    for word in &plan.command {
        words.push(bench.variables.render(word)?.into_owned());
    }
    let asked = async {
        let redis = Redis::at(&bench.url(&plan.service))?;
        redis.command(&words, limits()).await
    };
    let reply = match asked.await {
        Ok(reply) => reply,
        Err(error) => {
            return Ok(Done::failed(
                "the command to be run",
                error.to_string(),
                span,
            ));
        }
    };
    let mut differences = Vec::new();
    if let Some((expected, span)) = &plan.expected {
        let expected = bench.variables.fill_match(expected)?;
        let meets = match &reply {
            // Redis' own numbers, too, are kept as texts.
            Value::String(text) => expected.fits_text(Some(text)),
            Value::Null => expected.fits(None) || expected.fits(Some(&Value::Null)),
            other => expected.fits(Some(other)),
        };
        if !meets {
            differences.push(Difference {
                expected: format!("reply {expected}"),
                actual: format!(
                    "reply {}",
                    rtest_core::expectation::excerpt(reply.to_string().as_bytes())
                ),
                span: span.clone(),
            });
        }
    }
    Ok(Done {
        differences,
        exchange: format!("{}: {}\n\n{reply}", plan.service, words.join(" ")),
    })
}
