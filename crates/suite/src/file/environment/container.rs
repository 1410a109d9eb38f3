use rtest_core::Template;
use serde_json::{Value, json};

use crate::collection::{List, Named};
use crate::diagnostics::Diagnostics;
use crate::file::LimitKeys;
use crate::node::{Kind, Node};
use crate::record::record;
use crate::scalar::{Positive, Whole};
use crate::shape::Shape;
use crate::spanned::Spanned;

/// A container: an image's name, or all that it is made and started with.
#[derive(Clone, Debug)]
pub(crate) enum Container {
    /// `postgres:15`.
    Image(Spanned<String>),
    /// Everything else.
    Keys(Box<ContainerKeys>),
}

record! {
    /// A container: what it is made from, and what it is started with.
    ContainerKeys, "a container", one of ["image", "build"] {
        /// An image, `postgres:15`; pulled where the engine does not have it.
        image "image": optional String,
        /// A folder with a Dockerfile, or how the image is built.
        build "build": optional Build,
        /// The port that it listens on inside; that of its protocol where absent, as 5432 for Postgres.
        port "port": optional Whole<1, 65535>,
        /// Program and arguments instead of the image's own.
        command "command": optional List<Template, 1>,
        /// Who its process runs as, `user` or `user:group`.
        user "user": optional String,
        /// Files and folders copied into it: where they go in the container, and where they are, relative to the suite file.
        files "files": optional Named<String>,
        /// What is mounted: where in the container, and a path that begins with `.` or `/`, `memory`, or the name of a volume of the run. With `:ro` at its end it can only be read.
        volumes "volumes": optional Named<String>,
        /// The part of the machine that it is held to.
        limit "limit": optional LimitKeys,
        /// How the engine asks it whether it is well.
        health "health": optional HealthKeys,
    }
}

record! {
    /// How an image is built.
    BuildKeys, "a build" {
        /// The folder that is sent to the engine, relative to the suite file.
        context "context": required String,
        /// The Dockerfile, relative to the context; `Dockerfile` where absent.
        dockerfile "dockerfile": optional String,
        /// The stage that is built; the last one where absent.
        target "target": optional String,
        /// Values of the Dockerfile's `ARG`s.
        args "args": optional Named<String>,
    }
}

record! {
    /// A command that the engine runs in the container to see whether it is well.
    HealthKeys, "a health check" {
        /// Program and arguments.
        command "command": required List<String, 1>,
        /// How long after one check the next begins; `1s` where absent.
        every "every": optional Positive,
        /// How long one may take; `5s` where absent.
        timeout "timeout": optional Positive,
        /// As many in a row must fail before it is unhealthy; 3 where absent.
        retries "retries": optional Whole<1, 1000>,
    }
}

/// How an image is built: a folder, or all keys.
#[derive(Clone, Debug)]
pub(crate) enum Build {
    /// The context.
    Folder(Spanned<String>),
    /// Everything else.
    Keys(Box<BuildKeys>),
}

impl Shape for Container {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if matches!(node.kind, Kind::Mapping(_)) {
            return ContainerKeys::read(node, found).map(|keys| Self::Keys(Box::new(keys)));
        }
        let image = String::read(node, found)?;
        Some(Self::Image(Spanned::new(image, node.span.clone())))
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "string" }, ContainerKeys::schema()] })
    }
}

impl Shape for Build {
    fn read(node: &Node, found: &mut Diagnostics) -> Option<Self> {
        if matches!(node.kind, Kind::Mapping(_)) {
            return BuildKeys::read(node, found).map(|keys| Self::Keys(Box::new(keys)));
        }
        let folder = String::read(node, found)?;
        Some(Self::Folder(Spanned::new(folder, node.span.clone())))
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "string" }, BuildKeys::schema()] })
    }
}
