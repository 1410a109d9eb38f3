//! What a program makes of built-in functions does not change what it is shown, as in Node.

use std::path::Path;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program};

/// Prints values of every kind, with the built-in at `{place}` replaced after they were made.
const PROGRAM: &str = "
const value = {
  a: [1, { b: new Map([[1, { c: new Set([2]) }]]) }], d: new Date(0), e: /x/g, f() {}, g: class A {}, h: Symbol('s'), i: 10n,
  j: 'str', k: [undefined, null, , 1.5], l: Object.create(null), m: new (class Foo { x = 1; })(), n: Promise.resolve(4),
  o: new Uint8Array(2), get p() { return 1; },
};
{change}
console.log(value, 'x %s', 3);
console.log('%s is %d of %o', 'a', 4, [1]);
process.stdout.write('written\\n');
setTimeout(() => console.log('timer'), 20);
process.on('exit', (code) => console.log('exit', code));
";

/// Built-in objects of which every method is replaced.
const HOLDERS: &[&str] = &[
    "Object",
    "Object.prototype",
    "Array",
    "Array.prototype",
    "String.prototype",
    "RegExp.prototype",
    "Map.prototype",
    "Set.prototype",
    "WeakMap.prototype",
    "WeakSet.prototype",
    "Math",
    "Number",
    "Number.prototype",
    "Reflect",
    "Symbol.prototype",
    "Error",
    "Error.prototype",
    "Date.prototype",
    "Function.prototype",
    "BigInt.prototype",
    "Promise",
];

/// What the language or the engine itself calls, or what `console.log` takes from the program.
const NEEDED: &[&str] = &[
    "Array.prototype.includes",
    "Array.prototype.push",
    "Function.prototype.apply",
    "Function.prototype.call",
    "Object.prototype.constructor",
    "String.prototype.concat",
    "String.prototype.endsWith",
    "String.prototype.includes",
    "String.prototype.indexOf",
    "String.prototype.repeat",
    "String.prototype.replace",
    "String.prototype.slice",
    "String.prototype.startsWith",
    "String.prototype.toUpperCase",
    "RegExp.prototype.exec",
    "RegExp.prototype.test",
];

/// Names that descriptors and iterators have, which a program may give to all objects.
const OF_ALL_OBJECTS: &[&str] = &[
    "get",
    "set",
    "value",
    "writable",
    "enumerable",
    "configurable",
    "done",
    "return",
];

fn printed(folder: &Path, change: &str) -> (i32, String) {
    let path = folder.join("program.js");
    std::fs::write(&path, PROGRAM.replace("{change}", change)).expect("written");
    match run_program(&path, &ProgramOptions::new(Seed::new(1))) {
        Ok(outcome) => (
            outcome.exit_code,
            String::from_utf8_lossy(&outcome.stdout).into_owned(),
        ),
        Err(error) => (-1, error.to_string()),
    }
}

#[test]
fn built_ins_that_a_program_replaces_are_not_in_the_way_of_what_is_shown() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let names = folder.path().join("names.js");
    let text = format!(
        "for (const holder of {HOLDERS:?}) {{
           const object = holder.split('.').reduce((value, name) => value[name], globalThis);
           for (const name of Object.getOwnPropertyNames(object)) {{
             const {{ value, configurable }} = Object.getOwnPropertyDescriptor(object, name);
             if (configurable && typeof value === 'function' && name !== 'constructor') console.log(`${{holder}}.${{name}}`);
           }}
         }}"
    );
    std::fs::write(&names, text).expect("written");
    let outcome = run_program(&names, &ProgramOptions::new(Seed::new(1))).expect("it ends");
    let names = String::from_utf8(outcome.stdout).expect("names");
    assert!(names.lines().count() > 200, "{names}");

    let expected = printed(folder.path(), "");
    assert_eq!(expected.0, 0, "{expected:?}");
    let replaced = names
        .lines()
        .filter(|name| !NEEDED.contains(name))
        .map(|name| format!("{name} = () => {{ throw new Error('replaced'); }};"));
    let added = OF_ALL_OBJECTS
        .iter()
        .map(|name| format!("Object.prototype.{name} = () => {{ throw new Error('added'); }};"));
    let wrong: Vec<_> = replaced
        .chain(added)
        .filter(|change| printed(folder.path(), change) != expected)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_error_that_cannot_be_shown_ends_the_program_as_any_other() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in NEEDED.iter().filter(|name| name.starts_with("RegExp")) {
        let change =
            format!("{name} = () => {{ throw new Error('replaced'); }}; throw new Error('mine');");
        assert_eq!(printed(folder.path(), &change).0, 1, "{name}");
    }
}
