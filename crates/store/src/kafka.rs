use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rskafka::BackoffConfig;
use rskafka::client::error::{Error as KafkaError, ProtocolError};
use rskafka::client::partition::{Compression, OffsetAt, PartitionClient, UnknownTopicHandling};
use rskafka::client::{Client, ClientBuilder};
use rskafka::record::{Record, RecordAndOffset};
use rtest_core::causes;
use rtest_core::clock::wall_clock;

use crate::error::StoreError;
use crate::limits::Limits;
use crate::wire;

/// How long the broker may hold a question for messages that are not there yet.
const FETCH_WAIT_MS: i32 = 50;

/// How long the broker may take to make a topic.
const CREATE_MS: i32 = 5000;

/// A Kafka cluster whose brokers are on this machine.
pub struct Kafka {
    client: Client,
    limits: Limits,
}

/// A message of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The partition that it is in.
    pub partition: i32,
    /// Its place there.
    pub offset: i64,
    /// Its key, of which what is no text is what can be read.
    pub key: Option<String>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers by name.
    pub headers: BTreeMap<String, String>,
}

/// How far each partition of a topic goes: the offset of the message that comes next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watermarks(BTreeMap<i32, i64>);

impl Kafka {
    /// Connects to the cluster that `host:port` belongs to.
    ///
    /// # Errors
    /// The address is none, or leads away from this machine; nobody listens.
    pub async fn connect(address: &str, limits: Limits) -> Result<Self, StoreError> {
        let host = address.rsplit_once(':').map(|(host, _)| host);
        let host =
            host.ok_or_else(|| StoreError::Address(format!("`{address}` is not `host:port`")))?;
        wire::refuse_elsewhere(host)?;
        let message = usize::try_from(limits.bytes).unwrap_or(usize::MAX);
        let building = ClientBuilder::new(vec![address.to_owned()])
            .client_id("rtest")
            .max_message_size(message)
            .backoff_config(BackoffConfig {
                max_backoff: Duration::from_secs(1),
                deadline: Some(limits.time),
                ..BackoffConfig::default()
            })
            .build();
        let client = limits.keep(async { building.await.map_err(|it| failure(&it)) });
        Ok(Self {
            client: client.await?,
            limits,
        })
    }

    /// Asks the cluster for its topics: whoever answers is ready.
    ///
    /// # Errors
    /// No answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.partitions("").await.map(drop)
    }

    /// How far the topic goes now; one that is not there has no partitions.
    ///
    /// # Errors
    /// The cluster does not answer.
    pub async fn watermarks(&self, topic: &str) -> Result<Watermarks, StoreError> {
        let mut marks = BTreeMap::new();
        for partition in self.partitions(topic).await? {
            let client = self.partition(topic, partition).await?;
            let begin = self.earliest(&client).await?;
            // Of what can be asked, the watermark of a fetch is what no broker reckons otherwise.
            let (_, next) = self.fetch(&client, begin).await?;
            marks.insert(partition, next);
        }
        Ok(Watermarks(marks))
    }

    /// Every message of the topic from the watermarks on, by partition; of partitions that these do not have,
    /// from their beginning.
    ///
    /// # Errors
    /// The cluster does not answer, or there is more than the limits allow.
    pub async fn since(&self, topic: &str, marks: &Watermarks) -> Result<Vec<Message>, StoreError> {
        let mut messages = Vec::new();
        let mut bytes = 0;
        for partition in self.partitions(topic).await? {
            let client = self.partition(topic, partition).await?;
            let mut next = match marks.0.get(&partition) {
                Some(mark) => *mark,
                None => self.earliest(&client).await?,
            };
            loop {
                let (records, end) = self.fetch(&client, next).await?;
                let Some(last) = records.last() else { break };
                let after = last.offset + 1;
                for record in records.into_iter().filter(|it| it.offset >= next) {
                    bytes += record.record.approximate_size() as u64;
                    if messages.len() == self.limits.rows {
                        return Err(StoreError::TooManyRows(self.limits.rows));
                    }
                    messages.push(message(partition, record));
                }
                if bytes > self.limits.bytes {
                    return Err(StoreError::TooManyBytes(self.limits.bytes));
                }
                next = after;
                if next >= end {
                    break;
                }
            }
        }
        Ok(messages)
    }

    /// Puts a message into the topic's first partition, and makes the topic where it is not there.
    ///
    /// # Errors
    /// The cluster does not answer, or refuses.
    pub async fn publish(
        &self,
        topic: &str,
        key: Option<String>,
        value: Vec<u8>,
        headers: BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        if self.partitions(topic).await?.is_empty() {
            self.create(topic).await?;
        }
        let client = self.partition(topic, 0).await?;
        let record = Record {
            key: key.map(String::into_bytes),
            value: Some(value),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name, value.into_bytes()))
                .collect(),
            timestamp: DateTime::<Utc>::from(wall_clock()),
        };
        let produced = client.produce(vec![record], Compression::NoCompression);
        self.ask(produced).await.map(drop)
    }

    async fn create(&self, topic: &str) -> Result<(), StoreError> {
        let controller = self.client.controller_client().map_err(|it| failure(&it))?;
        self.ask(controller.create_topic(topic, 1, 1, CREATE_MS))
            .await
    }

    /// The topic's partitions; none where it is not there.
    async fn partitions(&self, topic: &str) -> Result<BTreeSet<i32>, StoreError> {
        let topics = self.ask(self.client.list_topics()).await?;
        let found = topics.into_iter().find(|it| it.name == topic);
        Ok(found
            .map(|it| it.partitions)
            .into_iter()
            .flatten()
            .collect())
    }

    async fn partition(&self, topic: &str, partition: i32) -> Result<PartitionClient, StoreError> {
        // A topic that was made a moment ago is not known everywhere at once.
        let client = self
            .client
            .partition_client(topic, partition, UnknownTopicHandling::Retry);
        self.ask(client).await
    }

    async fn earliest(&self, client: &PartitionClient) -> Result<i64, StoreError> {
        self.ask(client.get_offset(OffsetAt::Earliest)).await
    }

    /// Messages from the offset on, and where the partition ends.
    async fn fetch(
        &self,
        client: &PartitionClient,
        offset: i64,
    ) -> Result<(Vec<RecordAndOffset>, i64), StoreError> {
        let most = i32::try_from(self.limits.bytes).unwrap_or(i32::MAX);
        let fetched = self
            .ask(client.fetch_records(offset, 1..most, FETCH_WAIT_MS))
            .await;
        match fetched {
            // Some brokers say nothing at all of a topic that has nothing to give.
            Err(StoreError::Garbled(_)) => Ok((Vec::new(), offset)),
            fetched => fetched,
        }
    }

    async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, KafkaError>>,
    ) -> Result<T, StoreError> {
        let asked = async { question.await.map_err(|error| failure(&error)) };
        self.limits.keep(asked).await
    }
}

fn message(partition: i32, read: RecordAndOffset) -> Message {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Message {
        partition,
        offset: read.offset,
        key: read.record.key.map(text),
        value: read.record.value,
        headers: read
            .record
            .headers
            .into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect(),
    }
}

fn failure(error: &KafkaError) -> StoreError {
    match error {
        KafkaError::ServerError {
            protocol_error,
            error_message,
            ..
        } => {
            let said = error_message.as_deref().unwrap_or_default();
            StoreError::Refused(match protocol_error {
                ProtocolError::UnknownTopicOrPartition => "there is no such topic".to_owned(),
                other if said.is_empty() => other.to_string(),
                other => format!("{other}: {said}"),
            })
        }
        KafkaError::InvalidResponse(why) => StoreError::Garbled(why.clone()),
        other => StoreError::Connection(causes(other)),
    }
}

impl fmt::Debug for Kafka {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kafka")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
