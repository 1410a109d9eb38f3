//! Answers of a load that were held against contracts, as the record writes them.

use rtest_core::sample::{ContractTick, ViolationTick};
use rtest_core::window::WindowId;
use serde::{Deserialize, Serialize};

use super::{MismatchEntry, SpanRecord};

/// The interaction of a contract that a request of a flow is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InteractionHeader {
    /// The contract's file.
    pub contract: String,
    /// The consumer.
    pub consumer: String,
    /// The interaction's description.
    pub description: String,
    /// How many of a million answers are held against it.
    pub sample_ppm: u32,
    /// The interaction in the contract's file.
    pub span: SpanRecord,
}

/// A [`ContractTick`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the fields of ContractTick
pub struct ContractEntry {
    pub scenario: u16,
    pub step: u16,
    pub window: u16,
    pub kept: u64,
    pub violated: u64,
}

/// A [`ViolationTick`] as the record writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the fields of ViolationTick
pub struct ViolationEntry {
    pub scenario: u16,
    pub step: u16,
    pub count: u64,
    pub first: MismatchEntry,
}

impl From<&ContractTick> for ContractEntry {
    fn from(tick: &ContractTick) -> Self {
        Self {
            scenario: tick.scenario,
            step: tick.step,
            window: tick.window.0,
            kept: tick.kept,
            violated: tick.violated,
        }
    }
}

impl From<&ContractEntry> for ContractTick {
    fn from(entry: &ContractEntry) -> Self {
        Self {
            scenario: entry.scenario,
            step: entry.step,
            window: WindowId(entry.window),
            kept: entry.kept,
            violated: entry.violated,
        }
    }
}

impl From<&ViolationTick> for ViolationEntry {
    fn from(tick: &ViolationTick) -> Self {
        Self {
            scenario: tick.scenario,
            step: tick.step,
            count: tick.count,
            first: (&tick.first).into(),
        }
    }
}

impl From<&ViolationEntry> for ViolationTick {
    fn from(entry: &ViolationEntry) -> Self {
        Self {
            scenario: entry.scenario,
            step: entry.step,
            count: entry.count,
            first: (&entry.first).into(),
        }
    }
}
