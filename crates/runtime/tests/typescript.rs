//! TypeScript runs as Node runs it. `typescript/NAME.out` holds what Node 22.18 wrote for a program and
//! its exit code: it is the first that strips types unasked. `RTEST_NODE_TYPESCRIPT=/path/to/node`, such a
//! Node, has it asked again, and with `UPDATE_CORPUS=1` writes the files anew.

use std::path::{Path, PathBuf};
use std::process::Command;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, ProgramOutcome, run_program};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/typescript")
}

fn run(program: &Path, seed: u64) -> ProgramOutcome {
    run_program(program, &ProgramOptions::new(Seed::new(seed)))
        .unwrap_or_else(|error| panic!("{error}"))
}

fn transcript(stdout: &[u8], exit_code: i32) -> String {
    let folder = folder().to_string_lossy().into_owned();
    let stdout = String::from_utf8_lossy(stdout).replace(&folder, "{typescript}");
    format!("exit {exit_code}\n{stdout}")
}

fn of_node(node: &Path, program: &Path) -> String {
    let output = Command::new(node)
        .arg(program)
        .env_clear()
        .env("TZ", "UTC")
        .output()
        .expect("node starts");
    transcript(&output.stdout, output.status.code().unwrap_or(-1))
}

#[test]
fn programs_write_what_node_writes() {
    let node = std::env::var_os("RTEST_NODE_TYPESCRIPT").map(PathBuf::from);
    let update = std::env::var_os("UPDATE_CORPUS").is_some();
    for name in ["commonjs.cts", "orders.ts", "refused.mts", "stack.ts"] {
        let program = folder().join(name);
        let stored = folder().join(format!("{name}.out"));
        if let Some(node) = &node {
            let fresh = of_node(node, &program);
            if update {
                std::fs::write(&stored, &fresh).expect("written");
            }
            let expected = std::fs::read_to_string(&stored).expect("an .out file");
            assert_eq!(fresh, expected, "Node writes something else now: {name}");
        }
        let expected = std::fs::read_to_string(&stored).expect("an .out file beside each program");
        for seed in 1..=2 {
            let outcome = run(&program, seed);
            let stderr = String::from_utf8_lossy(&outcome.stderr);
            let written = transcript(&outcome.stdout, outcome.exit_code);
            assert_eq!(written, expected, "{name}\n{stderr}");
        }
    }
}

#[test]
fn a_main_file_that_is_refused_fails_as_a_program_does() {
    for (name, place) in [
        ("enum.ts", "enum.ts:2\nconst before"),
        ("namespace.mts", "namespace.mts:1\nexport namespace Shapes"),
        ("parameter.cts", "parameter.cts:2\nclass Shop"),
        ("syntax.ts", "syntax.ts:2\nconst a: number"),
    ] {
        let outcome = run(&folder().join("refused").join(name), 1);
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        assert_eq!(outcome.exit_code, 1, "{stderr}");
        assert!(stderr.contains(place), "{stderr}");
        assert!(stderr.contains("_TYPESCRIPT_SYNTAX]: "), "{stderr}");
    }
}

#[test]
fn packages_are_javascript() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().canonicalize().expect("it exists");
    let package = folder.join("node_modules/typed");
    std::fs::create_dir_all(&package).expect("made");
    let write = |path: PathBuf, text: &str| {
        std::fs::write(&path, text).expect("written");
        path
    };
    write(
        package.join("package.json"),
        r#"{ "exports": "./index.ts" }"#,
    );
    let typed = write(package.join("index.ts"), "export const x: number = 1;");
    let message = format!(
        "Error [ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING]: Stripping types is currently unsupported \
         for files under node_modules, for \"{}\"",
        typed.display()
    );
    for (name, text) in [
        ("main.mts", "import { x } from 'typed'; console.log(x);"),
        ("main.cts", "console.log(require('typed'));"),
    ] {
        let outcome = run(&write(folder.join(name), text), 1);
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        assert_eq!(outcome.exit_code, 1, "{stderr}");
        assert!(stderr.contains(&message), "{stderr}");
    }
}
