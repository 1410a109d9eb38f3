use std::path::{Path, PathBuf};

use rtest_core::plan::{DataPlan, Protocol, Reset};
use rtest_core::{Code, Diagnostic, Span};

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::file::Service;
use crate::shape::Field;
use crate::spanned::Spanned;

/// What a seed may be made of.
const SEEDS: [&str; 3] = ["sql", "csv", "json"];

/// What a service holds when it has become ready, and how that is brought back.
pub(super) fn check(
    service: &Service,
    protocol: Option<&Protocol>,
    cx: &mut Context<'_>,
) -> Option<DataPlan> {
    let seed = seed(service, cx);
    let protocol = protocol?;
    if let Some(key) = service.seed.key()
        && !matches!(protocol, Protocol::Postgres(_))
    {
        refuse("seed", "only a Postgres database can be seeded", key, cx);
    }
    let reset = match &service.reset {
        Field::Faulty(_) => return None,
        Field::Absent => by_default(protocol, !service.seed.is_absent()),
        Field::Given(entry) => {
            let reset = entry.value.value.0.0;
            if let Some(reset) = reset {
                fits(reset, protocol, service, &entry.value.span, cx);
            }
            reset
        }
    };
    Some(DataPlan { seed: seed?, reset })
}

fn by_default(protocol: &Protocol, is_seeded: bool) -> Option<Reset> {
    match protocol {
        // What a case leaves behind is little beside what the seed holds, and connections stay.
        Protocol::Postgres(_) if is_seeded => Some(Reset::Delete),
        Protocol::Postgres(_) | Protocol::Redis { .. } => Some(Reset::Truncate),
        Protocol::Http | Protocol::Kafka => None,
    }
}

/// Says why the data of such a service cannot be reset so, if that is how it is.
fn fits(reset: Reset, protocol: &Protocol, service: &Service, span: &Span, cx: &mut Context<'_>) {
    let why = match (reset, protocol) {
        (Reset::Restart, _) if !service.external.is_absent() => {
            "an external service is not rtest's to restart"
        }
        (Reset::Container, _) if service.container.is_absent() => {
            "only a container can be replaced by a new one; others are reset by `restart`"
        }
        (Reset::Restart | Reset::Container, _) | (_, Protocol::Postgres(_)) => return,
        (Reset::Truncate, Protocol::Redis { .. }) => return,
        (_, Protocol::Redis { .. }) => "a Redis is reset by `truncate`, `restart` or `container`",
        (_, Protocol::Http | Protocol::Kafka) => {
            "such a service is reset by `restart` or `container` only"
        }
    };
    refuse("reset", why, span, cx);
}

fn refuse(key: &str, why: &str, span: &Span, cx: &mut Context<'_>) {
    cx.found.add(
        Diagnostic::new(
            Code::OutOfRange,
            format!("`{key}` does not fit this service"),
        )
        .at(span)
        .hint(why),
    );
}

/// The files of a seed, those of a folder by name.
fn seed(service: &Service, cx: &mut Context<'_>) -> Option<Vec<PathBuf>> {
    let given = match &service.seed {
        Field::Absent => return Some(Vec::new()),
        Field::Faulty(_) => return None,
        Field::Given(entry) => &entry.value.value.0,
    };
    let mut seed = Vec::new();
    let mut is_complete = true;
    for text in given {
        match files(text, cx) {
            Some(files) => seed.extend(files),
            None => is_complete = false,
        }
    }
    is_complete.then_some(seed)
}

fn files(text: &Spanned<String>, cx: &mut Context<'_>) -> Option<Vec<PathBuf>> {
    let path = path(text, Existing::Either, cx)?;
    let mut refuse = |message: String| {
        cx.found.add(
            Diagnostic::new(Code::UnusableFile, message)
                .at(&text.span)
                .hint("a seed is made of `.sql`, `.csv` and `.json` files"),
        );
        None
    };
    if path.is_file() {
        return if is_seed(&path) {
            Some(vec![path])
        } else {
            refuse(format!("`{}` is no seed", text.value))
        };
    }
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()),
        Err(error) => return refuse(format!("`{}` cannot be read: {error}", text.value)),
    };
    let mut files: Vec<PathBuf> = entries.filter(|path| is_seed(path)).collect();
    files.sort();
    if files.is_empty() {
        return refuse(format!("there is no seed in `{}`", text.value));
    }
    Some(files)
}

fn is_seed(path: &Path) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| SEEDS.contains(&it.to_ascii_lowercase().as_str()))
}
