//! Packages from `node_modules` are found, named and refused as Node does it.

mod node;

use std::path::Path;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, RuntimeError, RuntimeErrorKind, run_program};

const PACKAGES: &[(&str, &str)] = &[
    ("old/package.json", r#"{ "main": "lib" }"#),
    (
        "old/lib/index.js",
        "exports.own = 1; Object.defineProperty(exports, 'got', { enumerable: true, get() { return 2; } });\n\
         exports['not an identifier'] = 3; exports.__esModule = true;",
    ),
    (
        "star/index.js",
        "__exportStar(require('old'), exports); __exportStar(require('./more'), exports);\n\
        function __exportStar(m, e) { for (const k in m) if (k !== 'default' && !(k in e)) e[k] = m[k]; }",
    ),
    (
        "star/more.js",
        "module.exports = { more: 1, ...require('old') };",
    ),
    (
        "@scope/new/package.json",
        r##"{ "exports": { ".": { "import": "./a.mjs", "require": "./a.cjs" }, "./sub/*": "./sub/*.js" }, "imports": { "#own": "./own.js" } }"##,
    ),
    (
        "@scope/new/a.mjs",
        "import own from '#own'; export const how = 'import'; export default own;",
    ),
    ("@scope/new/a.cjs", "exports.how = 'require';"),
    ("@scope/new/own.js", "module.exports = 'own';"),
    ("@scope/new/sub/one.js", "exports.one = 1;"),
    ("@scope/new/hidden.js", ""),
    (
        "looks-like-a-module/index.js",
        "exports.a = typeof require; /*\nexport nothing\n*/",
    ),
    (
        "native/index.js",
        "module.exports = require('./build.node');",
    ),
    ("native/build.node", ""),
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in PACKAGES {
        let path = folder.path().join("node_modules").join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    folder
}

fn ours(program: &Path) -> Result<(String, i32), RuntimeError> {
    let outcome = run_program(program, &ProgramOptions::new(Seed::new(1)))?;
    let stdout = String::from_utf8(outcome.stdout).expect("text");
    Ok((stdout, outcome.exit_code))
}

#[test]
fn packages_are_what_they_are_in_node() {
    if !node::is_present("packages") {
        return;
    }
    let folder = folder();
    for (name, text) in [
        (
            "a.mjs",
            "import * as old from 'old'; import * as star from 'star'; import own, { how } from '@scope/new';\n\
             import { one } from '@scope/new/sub/one'; import * as plain from 'looks-like-a-module';\n\
             console.log(old, star, own, how, one, plain);",
        ),
        (
            "b.cjs",
            "console.log(require('old'), require('star'), require('@scope/new'), require.resolve('@scope/new/sub/one').slice(-6));",
        ),
        (
            "c.mjs",
            "for (const name of ['none', '@scope/none', '@scope/new/hidden.js', '@scope/new/sub/two']) {\n\
               await import(name).catch((error) => console.log(error.code, error.message.replaceAll(import.meta.dirname, '')));\n}",
        ),
        (
            "d.cjs",
            "for (const name of ['none', '@scope/new/hidden.js', '@scope/new/sub/two']) {\n\
               try { require(name); } catch (error) { console.log(error.code, error.message.replaceAll(__dirname, ''), error.path?.replaceAll(__dirname, '')); }\n}",
        ),
        (
            "e.mjs",
            "import { createRequire, isBuiltin } from 'node:module';\n\
             console.log(createRequire(import.meta.url)('old').own, isBuiltin('fs'), isBuiltin('node:tls'), isBuiltin('old'));",
        ),
    ] {
        let program = folder.path().join(name);
        std::fs::write(&program, text).expect("written");
        let (stdout, code) = node::run(&program);
        let theirs = (String::from_utf8_lossy(&stdout).into_owned(), code);
        assert_eq!(ours(&program).expect("it ends"), theirs, "{name}");
        assert_eq!(code, 0, "{name}: {theirs:?}");
    }
}

#[test]
fn a_native_addon_is_refused_by_its_file() {
    let folder = folder();
    let program = folder.path().join("a.cjs");
    std::fs::write(&program, "require('native');").expect("written");
    match ours(&program) {
        Err(RuntimeError {
            kind: RuntimeErrorKind::Unavailable { name, .. },
            ..
        }) => assert!(name.ends_with("node_modules/native/build.node"), "{name}"),
        other => panic!("{other:?}"),
    }
}
