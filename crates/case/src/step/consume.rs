use rtest_core::expectation::{Answer, Expectation};
use rtest_core::plan::ConsumeStep;
use rtest_core::{Difference, Span, UnknownVariable};
use rtest_store::{Message, Watermarks};

use super::{Bench, Done};
use crate::exchange::excerpt;
use crate::fill::Fill as _;

/// Messages that are shown.
const MOST_SHOWN: usize = 5;

pub(super) async fn take(
    bench: &Bench<'_>,
    plan: &ConsumeStep,
    span: &Span,
) -> Result<Done, UnknownVariable> {
    let topic = bench.variables.render(&plan.topic)?.into_owned();
    let nothing = Watermarks::default();
    let marks = bench.marks.get(&(plan.service.clone(), topic.clone()));
    let consumed = async {
        let kafka = bench.kafka(&plan.service).await?;
        kafka.since(&topic, marks.unwrap_or(&nothing)).await
    };
    let messages = match consumed.await {
        Ok(messages) => messages,
        Err(error) => {
            return Ok(Done::failed(
                "the topic to be read",
                error.to_string(),
                span,
            ));
        }
    };
    let mut expected = Vec::new();
    for (path, value, span) in &plan.expected {
        let value = bench.variables.fill_match(value)?;
        let path = path.clone();
        expected.push((Expectation::Json { path, value }, span));
    }
    let best = messages
        .iter()
        .map(|message| unmet(message, &expected))
        .min_by_key(Vec::len);
    let differences = match best {
        Some(differences) => differences,
        None => vec![Difference {
            expected: format!("a message in `{topic}`"),
            actual: "none since the case began".to_owned(),
            span: span.clone(),
        }],
    };
    Ok(Done {
        differences,
        exchange: shown(&topic, &messages),
    })
}

/// What a message does not meet.
fn unmet(message: &Message, expected: &[(Expectation, &Span)]) -> Vec<Difference> {
    let answer = Answer {
        status: 0,
        headers: &[],
        body: message.value.as_deref().unwrap_or_default(),
    };
    let unmet = expected.iter().filter_map(|(expectation, span)| {
        let unmet = expectation.meet(&answer).err()?;
        Some(Difference {
            expected: format!("a message with {}", unmet.expected),
            actual: format!("in the nearest one {}", unmet.actual),
            span: (*span).clone(),
        })
    });
    unmet.collect()
}

fn shown(topic: &str, messages: &[Message]) -> String {
    let mut text = format!("{topic}: {} messages since the case began", messages.len());
    for message in messages.iter().rev().take(MOST_SHOWN) {
        let key = message.key.as_deref().unwrap_or("no key");
        let value = excerpt(message.value.as_deref().unwrap_or_default());
        text.push_str(&format!(
            "\n\n{}/{} {key}\n{value}",
            message.partition, message.offset
        ));
    }
    text
}
