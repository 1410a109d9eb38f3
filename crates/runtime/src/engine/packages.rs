use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use oxc_resolver::{ResolveContext, ResolveError, ResolveOptions, Resolver};

/// How Node finds packages: in the `node_modules` of each folder upwards, by their `exports`, else
/// by their `main`; and `#names` by the `imports` of the package that they stand in.
///
/// What is found is remembered for the whole process: packages do not change under a search.
struct Packages {
    require: Resolver,
    import: Resolver,
}

/// Why a package's file was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoPackage {
    /// There is no such package, or no such file in it.
    Missing,
    /// The file that its `exports` or `imports` lead to is not there.
    Gone {
        /// That file.
        file: PathBuf,
        /// The `package.json` that leads there.
        package_json: PathBuf,
    },
    /// Its `package.json` keeps this to itself: Node's code and message.
    Kept(&'static str, String),
}

/// The file that a specifier leads to from the file `base`: a package's name, a file in one, or `#name`.
///
/// # Errors
/// Where it leads nowhere.
pub(crate) fn resolve(base: &Path, specifier: &str, is_import: bool) -> Result<PathBuf, NoPackage> {
    static PACKAGES: OnceLock<Packages> = OnceLock::new();
    let packages = PACKAGES.get_or_init(Packages::new);
    let folder = base.parent().unwrap_or(Path::new("/"));
    let resolver = match is_import {
        true => &packages.import,
        false => &packages.require,
    };
    match resolver.resolve(folder, specifier) {
        Ok(found) => Ok(found.path().to_owned()),
        Err(ResolveError::NotFound(_)) => {
            Err(gone(resolver, folder, specifier).unwrap_or(NoPackage::Missing))
        }
        Err(error) => Err(told(error)),
    }
}

impl Packages {
    fn new() -> Self {
        let options = |condition: &str| ResolveOptions {
            condition_names: vec!["node".to_owned(), condition.to_owned()],
            extensions: [".js", ".json", ".node"].map(str::to_owned).to_vec(),
            main_fields: vec!["main".to_owned()],
            ..ResolveOptions::default()
        };
        Self {
            require: Resolver::new(options("require")),
            import: Resolver::new(options("import")),
        }
    }
}

/// The file that a package's `exports` or `imports` led to in vain: what was looked for by its whole
/// name, and only then with an extension behind it.
fn gone(resolver: &Resolver, folder: &Path, specifier: &str) -> Option<NoPackage> {
    let package = match specifier.starts_with('#') {
        true => folder.ancestors().find(|at| has(at, "imports"))?.to_owned(),
        false => {
            let parts = if specifier.starts_with('@') { 2 } else { 1 };
            let name: PathBuf = specifier.split('/').take(parts).collect();
            let mut above = folder
                .ancestors()
                .map(|at| at.join("node_modules").join(&name));
            above.find(|at| has(at, "exports"))?
        }
    };
    let mut seen = ResolveContext::default();
    let _ = resolver.resolve_with_context(folder, specifier, None, &mut seen);
    let missing = &seen.missing_dependencies;
    let with = |path: &Path, extension: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(extension);
        PathBuf::from(name)
    };
    let tried = missing
        .iter()
        .filter(|path| path.starts_with(&package) && missing.contains(&with(path, ".node")));
    let file = tried.min_by_key(|path| path.as_os_str().len())?.clone();
    Some(NoPackage::Gone {
        file,
        package_json: package.join("package.json"),
    })
}

/// Whether a folder's `package.json` has this key.
fn has(folder: &Path, key: &str) -> bool {
    super::modules::package_json(folder).is_some_and(|package| package.get(key).is_some())
}

fn told(error: ResolveError) -> NoPackage {
    match error {
        ResolveError::PackagePathNotExported {
            subpath,
            package_json_path,
            ..
        } => {
            let place = package_json_path.display();
            let message = match subpath.as_str() {
                "" | "." => format!("No \"exports\" main defined in {place}"),
                subpath => {
                    format!("Package subpath '{subpath}' is not defined by \"exports\" in {place}")
                }
            };
            NoPackage::Kept("ERR_PACKAGE_PATH_NOT_EXPORTED", message)
        }
        ResolveError::PackageImportNotDefined(specifier, package) => NoPackage::Kept(
            "ERR_PACKAGE_IMPORT_NOT_DEFINED",
            format!(
                "Package import specifier \"{specifier}\" is not defined in package {}",
                package.display()
            ),
        ),
        _ => NoPackage::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_upwards_by_their_exports_or_main() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folder = folder.path().canonicalize().expect("it exists");
        let write = |name: &str, text: &str| {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        write("node_modules/old/package.json", r#"{ "main": "lib" }"#);
        write("node_modules/old/lib/index.js", "");
        write("node_modules/old/more.js", "");
        write(
            "node_modules/@x/new/package.json",
            r#"{ "exports": { ".": { "import": "./a.mjs", "require": "./a.cjs" }, "./f/*": "./f/*.js" } }"#,
        );
        write("node_modules/@x/new/a.mjs", "");
        write("node_modules/@x/new/a.cjs", "");
        write("node_modules/@x/new/f/one.js", "");
        write(
            "app/package.json",
            r##"{ "imports": { "#own": "./own.js", "#gone": "./gone.js" } }"##,
        );
        write("app/own.js", "");
        let base = folder.join("app/deep/main.js");
        for (specifier, is_import, found) in [
            ("old", false, "node_modules/old/lib/index.js"),
            ("old", true, "node_modules/old/lib/index.js"),
            ("old/more", false, "node_modules/old/more.js"),
            ("@x/new", false, "node_modules/@x/new/a.cjs"),
            ("@x/new", true, "node_modules/@x/new/a.mjs"),
            ("@x/new/f/one", true, "node_modules/@x/new/f/one.js"),
            ("#own", true, "app/own.js"),
        ] {
            let resolved = resolve(&base, specifier, is_import);
            assert_eq!(resolved, Ok(folder.join(found)), "{specifier}");
        }
        assert_eq!(resolve(&base, "none", false), Err(NoPackage::Missing));
        assert_eq!(resolve(&base, "old/none", true), Err(NoPackage::Missing));
        for is_import in [false, true] {
            for (specifier, package, file) in [
                ("@x/new/f/two", "node_modules/@x/new", "f/two.js"),
                ("#gone", "app", "gone.js"),
            ] {
                let package = folder.join(package);
                let found = resolve(&base, specifier, is_import);
                let gone = NoPackage::Gone {
                    file: package.join(file),
                    package_json: package.join("package.json"),
                };
                assert_eq!(found, Err(gone));
            }
        }
        let kept = |specifier| match resolve(&base, specifier, true) {
            Err(NoPackage::Kept(code, message)) => (code, message),
            other => panic!("{other:?}"),
        };
        let (code, message) = kept("@x/new/a.mjs");
        assert_eq!(code, "ERR_PACKAGE_PATH_NOT_EXPORTED");
        assert!(
            message.starts_with("Package subpath './a.mjs' is not defined by \"exports\" in "),
            "{message}"
        );
        let (code, message) = kept("#none");
        assert_eq!(code, "ERR_PACKAGE_IMPORT_NOT_DEFINED");
        assert!(message.contains("\"#none\""), "{message}");
    }
}
