use std::path::PathBuf;
use std::time::Duration;

use rtest_core::plan::{
    BuildPlan, ContainerPlan, FileCopy, HealthCheck, Image, Limit, Protocol, Volume, VolumeSource,
};
use rtest_core::{Code, Diagnostic, Span, Template};

use crate::check::Context;
use crate::check::chaos::limit;
use crate::check::reference::{Existing, path};
use crate::check::template;
use crate::collection::Named;
use crate::file::{Build, BuildKeys, Container, ContainerKeys, HealthKeys};
use crate::scalar::{Positive, Whole};
use crate::shape::Field;
use crate::spanned::Spanned;

/// A container, and the labels of its service.
pub(super) fn check(
    container: &Spanned<Container>,
    protocol: &Protocol,
    labels: Option<&Named<String>>,
    cx: &mut Context<'_>,
) -> Option<ContainerPlan> {
    let labels = named(labels);
    let keys = match &container.value {
        Container::Image(_) => None,
        Container::Keys(keys) => Some(keys),
    };
    let port = port(keys.map(|keys| &keys.port), protocol, &container.span, cx);
    match &container.value {
        Container::Image(image) => Some(ContainerPlan {
            image: Image::Named(image_name(image, cx)?),
            port: port?,
            command: None,
            user: None,
            files: Vec::new(),
            volumes: Vec::new(),
            limit: None,
            labels,
            health: None,
        }),
        Container::Keys(keys) => keyed(keys, port, labels, cx),
    }
}

/// The port that it listens on inside.
fn port(
    given: Option<&Field<Whole<1, 65535>>>,
    protocol: &Protocol,
    span: &Span,
    cx: &mut Context<'_>,
) -> Option<u16> {
    let given = given.unwrap_or(&Field::Absent);
    if let Some(port) = given.value() {
        return u16::try_from(port.0).ok();
    }
    if given.is_absent() && protocol.port().is_none() {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "which port does it listen on?")
                .at(span)
                .hint("write `container: { image: …, port: 8080 }`"),
        );
    }
    protocol.port().filter(|_| given.is_absent())
}

fn keyed(
    keys: &ContainerKeys,
    port: Option<u16>,
    labels: Vec<(String, String)>,
    cx: &mut Context<'_>,
) -> Option<ContainerPlan> {
    let image = match keys.build.value() {
        Some(build) => self::build(build, cx).map(Image::Build),
        None => {
            let image = keys.image.spanned();
            image.and_then(|image| image_name(image, cx).map(Image::Named))
        }
    };
    let command = keys.command.value().map(|words| {
        for word in &words.items {
            template::check(&word.value, &word.span, cx);
        }
        words
            .items
            .iter()
            .map(|word| word.value.clone())
            .collect::<Vec<Template>>()
    });
    let files = files(keys.files.value(), cx);
    let volumes = volumes(keys.volumes.value(), cx);
    let limit: Option<Option<Limit>> = match &keys.limit {
        Field::Absent => Some(None),
        Field::Faulty(_) => None,
        Field::Given(entry) => limit(&entry.value, cx).map(Some),
    };
    Some(ContainerPlan {
        image: image?,
        port: port?,
        command,
        user: keys.user.value().cloned(),
        files: files?,
        volumes: volumes?,
        limit: limit?,
        labels,
        health: keys.health.value().map(health),
    })
}

fn named(labels: Option<&Named<String>>) -> Vec<(String, String)> {
    let entries = labels.map(|labels| &labels.0).into_iter().flatten();
    let given = entries.filter_map(|entry| entry.given());
    given
        .map(|(name, value)| (name.value.clone(), value.value.clone()))
        .collect()
}

fn image_name(image: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let is_name = !image.value.is_empty()
        && !image.value.starts_with(['-', '/', '.', ':'])
        && !image
            .value
            .contains(|c: char| c.is_whitespace() || c.is_control());
    if !is_name {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("`{}` is not the name of an image", image.value),
            )
            .at(&image.span)
            .hint("write `postgres:15`; a folder with a Dockerfile is a `build`"),
        );
    }
    is_name.then(|| image.value.clone())
}

fn build(build: &Build, cx: &mut Context<'_>) -> Option<BuildPlan> {
    match build {
        Build::Folder(folder) => {
            let context = path(folder, Existing::Folder, cx)?;
            has_dockerfile(&context, "Dockerfile", folder, cx)?;
            Some(BuildPlan {
                context,
                dockerfile: "Dockerfile".to_owned(),
                target: None,
                args: Vec::new(),
            })
        }
        Build::Keys(keys) => keyed_build(keys, cx),
    }
}

fn keyed_build(keys: &BuildKeys, cx: &mut Context<'_>) -> Option<BuildPlan> {
    let folder = keys.context.spanned()?;
    let context = path(folder, Existing::Folder, cx)?;
    let named = keys.dockerfile.spanned();
    let dockerfile = named.map_or("Dockerfile", |named| named.value.as_str());
    has_dockerfile(&context, dockerfile, named.unwrap_or(folder), cx)?;
    Some(BuildPlan {
        dockerfile: dockerfile.to_owned(),
        context,
        target: keys.target.value().cloned(),
        args: self::named(keys.args.value()),
    })
}

fn has_dockerfile(
    context: &std::path::Path,
    dockerfile: &str,
    text: &Spanned<String>,
    cx: &mut Context<'_>,
) -> Option<()> {
    if context.join(dockerfile).is_file() {
        return Some(());
    }
    cx.found.add(
        Diagnostic::new(
            Code::UnusableFile,
            format!("there is no `{dockerfile}` in the folder that is built"),
        )
        .at(&text.span),
    );
    None
}

fn files(files: Option<&Named<String>>, cx: &mut Context<'_>) -> Option<Vec<FileCopy>> {
    mounted(files, cx, |to, text, cx| {
        let from: PathBuf = path(text, Existing::Either, cx)?;
        Some(FileCopy { from, to })
    })
}

fn volumes(volumes: Option<&Named<String>>, cx: &mut Context<'_>) -> Option<Vec<Volume>> {
    mounted(volumes, cx, |to, text, cx| {
        let (source, read_only) = match text.value.strip_suffix(":ro") {
            Some(source) => (source, true),
            None => (text.value.as_str(), false),
        };
        let source = if source == "memory" {
            VolumeSource::Memory
        } else if source.starts_with(['.', '/']) {
            let source = Spanned::new(source.to_owned(), text.span.clone());
            VolumeSource::Path(path(&source, Existing::Either, cx)?)
        } else {
            VolumeSource::Named(volume_name(source, text, cx)?)
        };
        Some(Volume {
            source,
            to,
            read_only,
        })
    })
}

fn volume_name(name: &str, text: &Spanned<String>, cx: &mut Context<'_>) -> Option<String> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_name {
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("`{name}` is neither a path nor the name of a volume"),
            )
            .at(&text.span)
            .hint("a path begins with `.` or `/`; a name has letters, digits and hyphens"),
        );
    }
    is_name.then(|| name.to_owned())
}

/// What goes to absolute paths in the container.
fn mounted<T>(
    entries: Option<&Named<String>>,
    cx: &mut Context<'_>,
    mut read: impl FnMut(String, &Spanned<String>, &mut Context<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let mut all = Vec::new();
    let mut is_complete = true;
    for entry in entries.map(|entries| &entries.0).into_iter().flatten() {
        let to = &entry.name;
        if !to.value.starts_with('/') || to.value.contains([':', '\0']) {
            cx.found.add(
                Diagnostic::new(
                    Code::OutOfRange,
                    format!("`{}` is not an absolute path in the container", to.value),
                )
                .at(&to.span)
                .hint("write `/path/in/the/container: ./path/on/this/machine`"),
            );
            is_complete = false;
        }
        let value = entry.given().map(|(_, text)| text);
        match value.and_then(|text| read(to.value.clone(), text, cx)) {
            Some(value) => all.push(value),
            None => is_complete = false,
        }
    }
    is_complete.then_some(all)
}

fn health(keys: &HealthKeys) -> HealthCheck {
    let words = keys.command.value().map(|words| &words.items);
    let words = words.into_iter().flatten();
    let lasting = |field: &Field<Positive>, otherwise: u64| {
        let given = field.value().map(|it| it.0);
        given.unwrap_or(Duration::from_secs(otherwise))
    };
    HealthCheck {
        command: words.map(|word| word.value.clone()).collect(),
        every: lasting(&keys.every, 1),
        timeout: lasting(&keys.timeout, 5),
        retries: keys.retries.value().map_or(3, |it| it.0 as u16),
    }
}
