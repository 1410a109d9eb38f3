//! Compiles QuickJS, and names the system whose bindings are taken.

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

    // The published bindings are the same for every processor of 64 bits under one system.
    let system = env::var("CARGO_CFG_TARGET_OS").expect("cargo names the system");
    let width = env::var("CARGO_CFG_TARGET_POINTER_WIDTH").expect("cargo names the width");
    let bindings = format!("src/bindings/{system}.rs");
    println!("cargo:rerun-if-changed={bindings}");
    if width != "64" || !PathBuf::from(&bindings).exists() {
        panic!("there are no bindings of QuickJS for {system} of {width} bits: src/bindings has those that are");
    }
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo names a folder"));
    let text = format!("macro_rules! bindings_env {{ (\"TARGET\") => {{ \"{system}\" }}; }}\n");
    fs::write(out.join("bindings.rs"), text).expect("the folder can be written to");
}
