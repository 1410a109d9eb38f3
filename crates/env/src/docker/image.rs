use rtest_core::event::ServiceImage;
use rtest_core::plan::Image;
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt as _};

use super::build::build;
use super::engine::Engine;
use super::failure::{DockerFailure, is_missing, said};

/// Sees that the engine has the image, and says by which name. `tell` hears what takes its time.
///
/// # Errors
/// When it can be neither found nor pulled nor built.
///
/// # Cancellation
/// Safe.
pub(crate) async fn ensure(
    engine: &Engine,
    image: &Image,
    tell: &(dyn Fn(String) + Sync),
) -> Result<String, DockerFailure> {
    match image {
        Image::Build(plan) => build(engine, plan, tell).await,
        Image::Named(name) => {
            match engine.api().inspect_image(name).await {
                Ok(_) => return Ok(name.clone()),
                Err(error) if is_missing(&error) => {}
                Err(error) => {
                    let action = format!("image `{name}` cannot be looked at");
                    return Err(DockerFailure::of(action)(error));
                }
            }
            tell(format!("pulling image `{name}`"));
            pull(name).await?;
            Ok(name.clone())
        }
    }
}

/// Which image has this name now.
///
/// # Errors
/// When the engine does not say.
pub(crate) async fn identify(engine: &Engine, name: &str) -> Result<ServiceImage, DockerFailure> {
    let seen = engine.api().inspect_image(name).await;
    let seen = seen.map_err(DockerFailure::of(format!(
        "image `{name}` cannot be looked at"
    )))?;
    let digests = seen.repo_digests.unwrap_or_default();
    Ok(ServiceImage {
        name: name.to_owned(),
        id: seen.id.unwrap_or_default(),
        digest: digests.into_iter().next(),
    })
}

/// Pulls an image, with the credentials of `docker login` where there are any.
async fn pull(name: &str) -> Result<(), DockerFailure> {
    let (repository, tag) = split(name);
    let pulled = GenericImage::new(repository, tag)
        .with_startup_timeout(std::time::Duration::MAX)
        .pull_image()
        .await;
    let failed = |why: String| {
        DockerFailure::new(
            format!("image `{name}` is not here and cannot be pulled"),
            why,
        )
        .hint("see that its name is right and that its registry can be reached; an image that is here already is used as it is")
    };
    match pulled {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(reason(&error))),
    }
}

fn reason(error: &testcontainers::TestcontainersError) -> String {
    use testcontainers::core::error::ClientError;
    match error {
        testcontainers::TestcontainersError::Client(ClientError::PullImage { err, .. }) => {
            said(err)
        }
        other => rtest_core::causes(other),
    }
}

/// `host:5000/name:tag` as name and tag; `latest` where it has none. A digest stays with the name.
fn split(name: &str) -> (&str, &str) {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') && !repository.contains('@') => {
            (repository, tag)
        }
        _ => (name, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_what_follows_the_last_colon_of_the_name() {
        assert_eq!(split("postgres:15"), ("postgres", "15"));
        assert_eq!(split("redis"), ("redis", "latest"));
        assert_eq!(
            split("r.example:5000/a/b"),
            ("r.example:5000/a/b", "latest")
        );
        assert_eq!(split("r.example:5000/a:1.2"), ("r.example:5000/a", "1.2"));
    }
}
