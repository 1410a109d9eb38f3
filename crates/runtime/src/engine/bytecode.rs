//! Compiled JavaScript, kept for the life of the process: what every program needs of the
//! prelude, and a program's own files over its seeds, are parsed once.
//!
//! A text is compiled in an engine of its own and only read into the program's, so that the
//! program's memory, and with it every collection of garbage, is the same whether the bytecode
//! was at hand or not.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CString;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::{Declared, WriteOptions};
use rquickjs::{Context, Ctx, Error, Function, Module, Result, Runtime as QuickJs, Value, qjs};

use super::STACK_BYTES;

/// Longer texts are parsed where they are run, each time.
const MOST_TEXT_BYTES: usize = 1 << 20;

/// Bytecode kept at most; beyond it texts are compiled anew each time.
const MOST_BYTES: usize = 64 << 20;

/// How the names of files begin that are not the program's. Their functions are read without their
/// text, which with each function that is inside of another would be there once more.
const LIBRARY: &[u8] = b"node:";

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Goal {
    /// An expression, in strict mode or not.
    Script { strict: bool },
    /// An ES module.
    Module,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Source {
    goal: Goal,
    name: String,
    text: String,
}

#[derive(Default)]
struct Cache {
    /// Looked up, never iterated.
    compiled: HashMap<Source, Arc<[u8]>>,
    bytes: usize,
}

static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

/// The function that a text is the expression of. `name` is the file's, as stacks show it.
///
/// # Errors
/// What the text throws; a syntax error above all.
pub(crate) fn function<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    text: String,
    strict: bool,
) -> Result<Function<'js>> {
    let goal = Goal::Script { strict };
    let (compiled, text) = compiled(goal, name, text);
    let Some(bytecode) = compiled else {
        let mut options = EvalOptions::default();
        options.strict = strict;
        options.filename = Some(name.to_owned());
        return ctx.eval_with_options(text, options);
    };
    let value = read_script(ctx, &bytecode)?;
    value
        .into_function()
        .ok_or_else(|| Error::new_from_js("script", "function"))
}

/// The module of this text, declared.
///
/// # Errors
/// A syntax error, and those of the modules that it imports.
pub(crate) fn module<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    text: String,
) -> Result<Module<'js, Declared>> {
    let (compiled, text) = compiled(Goal::Module, name, text);
    match compiled {
        Some(bytecode) => read_module(ctx, &bytecode),
        None => Module::declare(ctx.clone(), name, text),
    }
}

/// The bytecode of a text, where it has any: one with a syntax error has none. Gives the text
/// back where it is still needed.
fn compiled(goal: Goal, name: &str, text: String) -> (Option<Arc<[u8]>>, String) {
    if text.len() > MOST_TEXT_BYTES {
        return (None, text);
    }
    let source = Source {
        goal,
        name: name.to_owned(),
        text,
    };
    let cache = || CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(bytecode) = cache().compiled.get(&source) {
        return (Some(bytecode.clone()), String::new());
    }
    let Some(bytecode) = Compiler::with(|compiler| compiler.compile(&source)) else {
        return (None, source.text);
    };
    let bytecode: Arc<[u8]> = bytecode.into();
    let mut cache = cache();
    let bytes = bytecode.len() + source.text.len();
    if cache.bytes + bytes <= MOST_BYTES {
        cache.bytes += bytes;
        cache.compiled.insert(source, bytecode.clone());
    }
    (Some(bytecode), String::new())
}

/// An engine that only compiles.
struct Compiler {
    context: Context,
}

impl Compiler {
    /// Uses the thread's compiler.
    fn with<T>(work: impl FnOnce(&Self) -> Option<T>) -> Option<T> {
        thread_local! {
            static COMPILER: RefCell<Option<Compiler>> = const { RefCell::new(None) };
        }
        COMPILER.with_borrow_mut(|compiler| {
            if compiler.is_none() {
                *compiler = Some(Self::new().ok()?);
            }
            work(compiler.as_ref()?)
        })
    }

    fn new() -> Result<Self> {
        let engine = QuickJs::new()?;
        engine.set_max_stack_size(STACK_BYTES);
        engine.set_loader(NoImports, NoImports);
        let context = Context::custom::<(
            intrinsic::Eval,
            intrinsic::RegExpCompiler,
            intrinsic::RegExp,
        )>(&engine)?;
        Ok(Self { context })
    }

    fn compile(&self, source: &Source) -> Option<Vec<u8>> {
        self.context.with(|ctx| {
            let compiled = match source.goal {
                Goal::Script { strict } => compile_script(&ctx, &source.name, &source.text, strict),
                Goal::Module => {
                    Module::declare(ctx.clone(), source.name.as_str(), source.text.as_str())
                        .and_then(|module| module.write(WriteOptions::default()))
                }
            };
            // The error is made again where the text is run.
            compiled
                .inspect_err(|_| {
                    ctx.catch();
                })
                .ok()
        })
    }
}

/// What a module imports is found where it is run; to compile it, any module will do.
struct NoImports;

impl Resolver for NoImports {
    fn resolve<'js>(
        &mut self,
        _: &Ctx<'js>,
        _: &str,
        _: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        Ok("nothing".to_owned())
    }
}

impl Loader for NoImports {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        Module::declare(ctx.clone(), name, "")
    }
}

/// Compiles an expression without running it.
#[allow(unsafe_code)] // rquickjs has this for modules only
fn compile_script(ctx: &Ctx<'_>, name: &str, text: &str, strict: bool) -> Result<Vec<u8>> {
    let name = CString::new(name)?;
    let length = text.len();
    let text = CString::new(text)?;
    let mut flags = qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY;
    if strict {
        flags |= qjs::JS_EVAL_FLAG_STRICT;
    }
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the context is entered; the text ends with a NUL behind its `length` bytes; the
    // value is owned and freed here; what is written is copied before it is freed.
    unsafe {
        let compiled = qjs::JS_Eval(raw, text.as_ptr(), length as _, name.as_ptr(), flags as _);
        if qjs::JS_IsException(compiled) {
            return Err(Error::Exception);
        }
        let mut size = 0;
        let mut flags = qjs::JS_WRITE_OBJ_BYTECODE;
        if name.to_bytes().starts_with(LIBRARY) {
            flags |= qjs::JS_WRITE_OBJ_STRIP_SOURCE;
        }
        let written = qjs::JS_WriteObject(raw, &mut size, compiled, flags as _);
        qjs::JS_FreeValue(raw, compiled);
        if written.is_null() {
            return Err(Error::Exception);
        }
        let bytecode = std::slice::from_raw_parts(written, size as usize).to_vec();
        qjs::js_free(raw, written.cast());
        Ok(bytecode)
    }
}

/// Reads a compiled expression, and evaluates it.
#[allow(unsafe_code)] // rquickjs has this for modules only
fn read_script<'js>(ctx: &Ctx<'js>, bytecode: &[u8]) -> Result<Value<'js>> {
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the context is entered, and the bytecode was written by `compile_script` in this
    // process. `JS_EvalFunction` takes the function; its result is owned by the `Value`.
    unsafe {
        let flags = qjs::JS_READ_OBJ_BYTECODE as _;
        let function = qjs::JS_ReadObject(raw, bytecode.as_ptr(), bytecode.len() as _, flags);
        if qjs::JS_IsException(function) {
            return Err(Error::Exception);
        }
        let value = qjs::JS_EvalFunction(raw, function);
        if qjs::JS_IsException(value) {
            return Err(Error::Exception);
        }
        Ok(Value::from_raw(ctx.clone(), value))
    }
}

#[allow(unsafe_code)]
fn read_module<'js>(ctx: &Ctx<'js>, bytecode: &[u8]) -> Result<Module<'js, Declared>> {
    // SAFETY: the bytecode was written by `Compiler::compile` in this process.
    unsafe { Module::load(ctx.clone(), bytecode) }
}
