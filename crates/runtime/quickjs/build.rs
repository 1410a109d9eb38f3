//! Compiles QuickJS, and names the target whose bindings are taken.

use std::path::PathBuf;
use std::{env, fs};

const SOURCES: [&str; 4] = ["libregexp.c", "libunicode.c", "quickjs.c", "dtoa.c"];

fn main() {
    println!("cargo:rerun-if-changed=c");
    let mut build = cc::Build::new();
    build
        .warnings(false)
        .cargo_warnings(false)
        .flag_if_supported("-Wno-implicit-const-int-float-conversion")
        .define("_GNU_SOURCE", None);
    if env::var_os("CARGO_FEATURE_DISABLE_ASSERTIONS").is_some() {
        build.define("NDEBUG", None);
    }
    build.files(SOURCES.map(|name| PathBuf::from("c").join(name)));
    build.compile("libquickjs.a");

    let target = env::var("TARGET").expect("cargo names the target");
    let bindings = format!("src/bindings/{target}.rs");
    println!("cargo:rerun-if-changed={bindings}");
    if !PathBuf::from(&bindings).exists() {
        panic!("there are no bindings of QuickJS for {target}: {bindings} is missing");
    }
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo names a folder"));
    let text = format!("macro_rules! bindings_env {{ (\"TARGET\") => {{ \"{target}\" }}; }}\n");
    fs::write(out.join("bindings.rs"), text).expect("the folder can be written to");
}
