mod container;

pub(crate) use container::{Build, BuildKeys, Container, ContainerKeys, HealthKeys};

use std::ops::RangeInclusive;
use std::time::Duration;

use rtest_core::plan::{Protocol, Reset};
use rtest_core::{Code, Diagnostic, Template};
use serde_json::{Value, json};

use crate::collection::{List, Named, OneOrMany};
use crate::diagnostics::Diagnostics;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::{Choice, Positive, True, Whole, Word};
use crate::shape::{Shape, wrong_type};
use crate::spanned::Spanned;

record! {
    /// The services that the suite runs against.
    Environment, "an environment" {
        /// A `docker-compose.yml`, whose services are among those of the suite.
        compose "compose": optional String,
        /// What is different of a service of that file, by its name: keys of a service in place of its own; their `env` is put together.
        adapt "adapt": optional Named<Adaptation>,
        /// Services by name. Each `depends_on` edge runs through a proxy that faults can break.
        services "services": optional Named<Service>,
        /// How often is looked at what services use: CPU, memory, network, connections. `100ms` where absent, `20ms` to `60s`; `off` looks at nothing.
        sample "sample": optional Sample,
    }
}

/// How often is looked at what services use; `None` where it is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample(pub(crate) Option<Duration>);

/// How often at most, and at least.
const SAMPLE: RangeInclusive<Duration> = Duration::from_millis(20)..=Duration::from_secs(60);

impl Shape for Sample {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if node.scalar_text() == Some("off") {
            return Some(Self(None));
        }
        let period = Duration::read(node, found)?;
        if !SAMPLE.contains(&period) {
            found.add(
                Diagnostic::new(Code::OutOfRange, "services are looked at every 20ms to 60s")
                    .at(&node.span)
                    .hint("`off` looks at nothing"),
            );
            return None;
        }
        Some(Self(Some(period)))
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "const": "off" }, Duration::schema()] })
    }
}

record! {
    /// A service: where it comes from, what it needs, and when it is ready.
    Service, "a service", one of ["builtin", "process", "container", "external"] {
        /// A sample service inside rtest: `catalog` or `storefront`.
        builtin "builtin": optional Builtin,
        /// A local command, which is told its port in `PORT`.
        process "process": optional Process,
        /// A container: an image such as `postgres:15`, or what it is made and started with.
        container "container": optional Container,
        /// Something that is already up: `host:port`, `http://host:port`, `postgres://user:password@host:port/database`, `redis://host:port` or `kafka://host:port`.
        external "external": optional String,
        /// What it speaks: `http`, `postgres`, `redis` or `kafka`. Known images and URLs say it by themselves; everything else is `http`.
        protocol "protocol": optional Choice<ProtocolName>,
        /// Services that must be ready before this one starts, and that it finds at `NAME_URL`.
        depends_on "depends_on": optional List<String>,
        /// Names and values by which faults find it: `tier: db`.
        labels "labels": optional Named<String>,
        /// Environment variables. `{{ NAME.url }}`, `{{ NAME.host }}` and `{{ NAME.port }}` are filled in.
        env "env": optional Named<Template>,
        /// When it counts as ready. Built-in services are asked `GET /health` for 10s; a store answers in its own protocol; anything else accepts a TCP connection. Processes have 30s for it, containers 60s, external services 5s.
        ready "ready": optional Ready,
        /// What a database holds when it has become ready: `.sql`, `.csv` and `.json` files, and folders of them.
        seed "seed": optional OneOrMany<String>,
        /// How its data is brought back to that before each case: `template`, `truncate`, `delete`, `restart`, `container` or `none`. A database with a seed is reset by `template`, every other store by `truncate`.
        reset "reset": optional Choice<ResetWay>,
    }
}

/// Keys of a service of a compose file. They are read with the service that they are put into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Adaptation;

impl Shape for Adaptation {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if matches!(node.kind, Kind::Mapping(_)) {
            return Some(Self);
        }
        wrong_type(node, "keys of a service", None, found);
        None
    }

    fn schema() -> Value {
        let mut schema = Service::schema();
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("oneOf");
        }
        schema
    }
}

record! {
    /// A local command.
    Process, "a process" {
        /// Program and arguments.
        command "command": required List<Template, 1>,
        /// Working directory, relative to the suite file; the suite's own folder where absent.
        cwd "cwd": optional String,
        /// The port it listens on; a free one, told in `PORT`, where absent.
        port "port": optional Whole<1, 65535>,
    }
}

record! {
    /// When a service counts as ready.
    Ready, "a readiness probe" {
        /// A path that must be answered with a status of 200 to 299.
        http "http": optional String,
        /// A TCP connection is enough. Weaker than `http`.
        tcp "tcp": optional True,
        /// A regular expression that fits a line it has printed.
        log "log": optional String,
        /// The health check of its container says `healthy`.
        health "health": optional True,
        /// A command that ends with exit code 0: in its container, or on this machine for a process.
        command "command": optional List<Template, 1>,
        /// How long it may take.
        within "within": optional Positive,
    }
}

/// A sample service, and which of its behaviours are broken.
#[derive(Clone, Debug)]
pub(crate) struct Builtin {
    /// Which sample; `None` where it could not be read.
    pub(crate) sample: Option<SampleService>,
    /// What is broken.
    pub(crate) breaks: Vec<Spanned<Choice<Behaviour>>>,
}

record! {
    /// A sample service, and which of its behaviours are broken.
    BrokenBuiltin, "a built-in service" {
        /// Which sample: `catalog` or `storefront`.
        sample "sample": required Choice<SampleService>,
        /// Behaviours to break, so that checks can be seen to catch them.
        breaks "breaks": optional List<Choice<Behaviour>>,
    }
}

impl Shape for Builtin {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if !matches!(node.kind, Kind::Mapping(_)) {
            let Choice(sample) = Choice::read(node, found)?;
            return Some(Self {
                sample: Some(sample),
                breaks: Vec::new(),
            });
        }
        let long = BrokenBuiltin::read(node, found)?;
        let breaks = long.breaks.value().map(|list| list.items.clone());
        Some(Self {
            sample: long.sample.value().map(|sample| sample.0),
            breaks: breaks.unwrap_or_default(),
        })
    }

    fn schema() -> Value {
        json!({ "anyOf": [Choice::<SampleService>::schema(), BrokenBuiltin::schema()] })
    }
}

/// What a service speaks, by name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ProtocolName(pub(crate) &'static str);

impl Word for ProtocolName {
    const WHAT: &'static str = "protocol";

    fn words() -> Vec<(&'static str, Self)> {
        Protocol::NAMES.map(|name| (name, Self(name))).to_vec()
    }
}

/// How data is brought back; `None` where it is not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ResetWay(pub(crate) Option<Reset>);

impl Word for ResetWay {
    const WHAT: &'static str = "way to reset data";

    fn words() -> Vec<(&'static str, Self)> {
        let ways = Reset::ALL.map(|reset| (reset.word(), Self(Some(reset))));
        ways.into_iter().chain([("none", Self(None))]).collect()
    }
}

/// The name of a sample service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SampleService(pub(crate) &'static str);

impl Word for SampleService {
    const WHAT: &'static str = "built-in service";

    fn words() -> Vec<(&'static str, Self)> {
        ["catalog", "storefront"]
            .map(|name| (name, Self(name)))
            .to_vec()
    }
}

/// The name of a sample's behaviour that can be broken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Behaviour(pub(crate) &'static str);

impl Word for Behaviour {
    const WHAT: &'static str = "behaviour to break named";

    fn words() -> Vec<(&'static str, Self)> {
        [
            "deadline", "retries", "breaker", "contract", "fallback", "dlq", "shed", "recovery",
        ]
        .map(|name| (name, Self(name)))
        .to_vec()
    }
}
