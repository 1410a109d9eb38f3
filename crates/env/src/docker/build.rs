use std::collections::HashMap;
use std::io;
use std::path::Path;

use futures_util::StreamExt as _;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rtest_core::fnv1a;
use rtest_core::plan::BuildPlan;
use testcontainers::bollard::body_full;
use testcontainers::bollard::query_parameters::BuildImageOptionsBuilder;

use super::engine::Engine;
use super::failure::{DockerFailure, said};
use super::tarball::tarball;

/// The name of every image that is built here; its tag is the hash of what went into it.
const REPOSITORY: &str = "rtest-build";
/// What says so on the image.
const LABEL: (&str, &str) = ("rtest.build", "true");
/// As many of the last lines of a build are told when it fails.
const TAIL_LINES: usize = 20;

/// Selects the images that were built here.
pub(super) fn filter() -> HashMap<&'static str, Vec<String>> {
    HashMap::from([("label", vec![format!("{}={}", LABEL.0, LABEL.1)])])
}

/// Builds the image, unless one of the same files and arguments is there already.
///
/// # Errors
/// When the context cannot be read, or the build fails: with the last lines of what it said.
pub(super) async fn build(
    engine: &Engine,
    plan: &BuildPlan,
    tell: &(dyn Fn(String) + Sync),
) -> Result<String, DockerFailure> {
    let shown = plan.context.display();
    let failed = || format!("the image of `{shown}` cannot be built");
    let context = archive(plan)
        .await
        .map_err(|error| DockerFailure::new(failed(), error.to_string()))?;
    let name = format!("{REPOSITORY}:{:016x}", hash(plan, &context));
    if engine.api().inspect_image(&name).await.is_ok() {
        return Ok(name);
    }
    tell(format!("building the image of `{shown}`"));
    let args: HashMap<&str, &str> = plan
        .args
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let options = BuildImageOptionsBuilder::new()
        .dockerfile(&plan.dockerfile)
        .t(&name)
        .buildargs(&args)
        .labels(&HashMap::from([LABEL]))
        .target(plan.target.as_deref().unwrap_or_default())
        .rm(true)
        .forcerm(true)
        .build();
    let body = body_full(context.into());
    let api = engine.upload_api();
    let mut progress = Box::pin(api.build_image(options, None, Some(body)));
    let mut said_so_far = Vec::new();
    while let Some(step) = progress.next().await {
        let why = match step {
            Ok(info) => {
                said_so_far.extend(
                    info.stream
                        .iter()
                        .flat_map(|text| text.lines().map(str::to_owned)),
                );
                match info.error_detail.and_then(|error| error.message) {
                    Some(message) => message,
                    None => continue,
                }
            }
            Err(error) => said(&error),
        };
        let from = said_so_far.len().saturating_sub(TAIL_LINES);
        let tail = said_so_far[from..].join("\n");
        return Err(DockerFailure::new(failed(), format!("{why}\n{tail}")));
    }
    Ok(name)
}

/// The context as the engine takes it, without what `.dockerignore` names.
async fn archive(plan: &BuildPlan) -> io::Result<Vec<u8>> {
    let (context, dockerfile) = (plan.context.clone(), plan.dockerfile.clone());
    let read = tokio::task::spawn_blocking(move || {
        let ignored = ignored(&context, &dockerfile)?;
        tarball(&context, "", &ignored)
    });
    read.await.map_err(io::Error::other)?
}

/// What `.dockerignore` names. Its patterns begin at the root of the context, where those of git
/// may lie anywhere. The Dockerfile is never left out.
fn ignored(context: &Path, dockerfile: &str) -> io::Result<Gitignore> {
    let mut builder = GitignoreBuilder::new(context);
    let text = match std::fs::read_to_string(context.join(".dockerignore")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let dockerfile = format!("!{dockerfile}");
    for line in text.lines().map(str::trim).chain([dockerfile.as_str()]) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (not, pattern) = match line.strip_prefix('!') {
            Some(pattern) => ("!", pattern),
            None => ("", line),
        };
        let rooted = pattern.trim_start_matches("./").trim_start_matches('/');
        builder
            .add_line(None, &format!("{not}/{rooted}"))
            .map_err(io::Error::other)?;
    }
    builder.build().map_err(io::Error::other)
}

/// Of all that goes into the image.
fn hash(plan: &BuildPlan, context: &[u8]) -> u64 {
    let target = plan.target.as_deref().unwrap_or_default();
    let args = plan
        .args
        .iter()
        .flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    let words = [plan.dockerfile.as_str(), target].into_iter().chain(args);
    // A zero ends each word, so that no two rows of them are alike.
    let words = words.flat_map(|word| word.as_bytes().iter().chain(&[0]));
    fnv1a(words.chain(context))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_begin_at_the_root_of_the_context() {
        let context = tempfile::tempdir().expect("a folder");
        let ignore = "# comment\nnode_modules\n*.md\n!README.md\n**/*.tmp\n./dist/\n";
        std::fs::write(context.path().join(".dockerignore"), ignore).expect("written");
        let ignored = ignored(context.path(), "Dockerfile").expect("well formed");
        let is_ignored = |path: &str, is_dir| {
            let path = context.path().join(path);
            ignored.matched(path, is_dir).is_ignore()
        };
        assert!(is_ignored("node_modules", true));
        assert!(!is_ignored("src/node_modules", true), "not at the root");
        assert!(is_ignored("NOTES.md", false));
        assert!(!is_ignored("README.md", false), "an exception");
        assert!(is_ignored("src/deep/x.tmp", false));
        assert!(is_ignored("dist", true));
    }

    #[tokio::test]
    async fn what_is_left_out_may_hold_what_is_not() {
        let context = tempfile::tempdir().expect("a folder");
        for (path, text) in [
            (".dockerignore", "*\n!src\n!lib/keep.js\n"),
            ("Dockerfile", "FROM scratch"),
            ("secret.env", "x"),
            ("src/deep/a.js", "x"),
            ("lib/keep.js", "x"),
            ("lib/other.js", "x"),
        ] {
            let path = context.path().join(path);
            let folder = path.parent().expect("it lies in the context");
            std::fs::create_dir_all(folder).expect("made");
            std::fs::write(path, text).expect("written");
        }
        let plan = BuildPlan {
            context: context.path().to_owned(),
            dockerfile: "Dockerfile".to_owned(),
            target: None,
            args: Vec::new(),
        };
        let sent = archive(&plan).await.expect("read");
        let mut sent = tar::Archive::new(sent.as_slice());
        let entries = sent.entries().expect("an archive").map(|entry| {
            let entry = entry.expect("well formed");
            entry.path().expect("a path").display().to_string()
        });
        let files: Vec<String> = entries
            .filter(|path| path.contains('.') || path == "Dockerfile")
            .collect();
        assert_eq!(files, ["Dockerfile", "lib/keep.js", "src/deep/a.js"]);
    }

    #[tokio::test]
    async fn the_same_files_make_the_same_image() {
        let context = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(context.path().join("src")).expect("made");
        let write = |name: &str, text: &str| {
            std::fs::write(context.path().join(name), text).expect("written");
        };
        write("Dockerfile", "FROM scratch");
        write("src/a.js", "1");
        let mut plan = BuildPlan {
            context: context.path().to_owned(),
            dockerfile: "Dockerfile".to_owned(),
            target: None,
            args: Vec::new(),
        };
        let first = hash(&plan, &archive(&plan).await.expect("read"));
        write("src/a.js", "1");
        assert_eq!(first, hash(&plan, &archive(&plan).await.expect("read")));
        write("src/a.js", "2");
        let other = hash(&plan, &archive(&plan).await.expect("read"));
        assert_ne!(first, other, "another file");
        plan.args = vec![("NODE_ENV".to_owned(), "test".to_owned())];
        assert_ne!(other, hash(&plan, &archive(&plan).await.expect("read")));
    }
}
