use std::path::{Path, PathBuf};
use std::rc::Rc;

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Array, Ctx, Error, Exception, Function, Module, Object, Result, Value};

use super::bytecode;
use super::host::Host;
use super::modules::{Format, file_of};
use super::source::NoSource;

/// Resolves and loads what `import` names. What is not an ES module itself (a built-in module, a
/// CommonJS or JSON file) gets a facade: a module generated here that exports its properties.
pub(crate) struct ModuleLoader {
    pub(crate) host: Rc<Host>,
}

impl Resolver for ModuleLoader {
    /// `node:NAME` for a built-in module, else an absolute path.
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        let wanted = match attributes {
            Some(attributes) => attributes.get_type()?,
            None => None,
        };
        let resolve: Function<'_> = internal(ctx, &self.host)?.get("resolveAs")?;
        resolve.call((base, name, wanted))
    }
}

impl Loader for ModuleLoader {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        declare(ctx, &self.host, name)
    }
}

/// Declares the module of this resolved name, without running it.
pub(crate) fn declare<'js>(
    ctx: &Ctx<'js>,
    host: &Rc<Host>,
    name: &str,
) -> Result<Module<'js, Declared>> {
    if name.starts_with("data:") {
        let text: Function<'_> = internal(ctx, host)?.get("dataModule")?;
        let module = bytecode::module(ctx, name, text.call((name,))?)?;
        describe(ctx, host, &module.meta()?, name)?;
        return Ok(module);
    }
    let path = PathBuf::from(file_of(name));
    let format = host.modules.borrow_mut().format(&path);
    let text = match format {
        Some(Format::CommonJs | Format::Module) => text(ctx, host, &path, true)?,
        _ => String::new(),
    };
    if format != Some(Format::Module) {
        return declare_facade(ctx, host, name);
    }
    let module =
        bytecode::module(ctx, name, text).inspect_err(|_| host.compile_failed.set(true))?;
    describe(ctx, host, &module.meta()?, name)?;
    Ok(module)
}

/// The text of a module, which some `import` or `require` leads to.
///
/// # Errors
/// Throws what keeps the engine from it.
pub(crate) fn text(ctx: &Ctx<'_>, host: &Rc<Host>, path: &Path, is_import: bool) -> Result<String> {
    let text = host.modules.borrow_mut().text(path);
    let error = match text {
        Ok(text) => return Ok(text.to_string()),
        Err(error) => error,
    };
    let shown = path.display();
    let message = error.to_string();
    let (code, excerpt) = match error {
        NoSource::Unreadable(error) => {
            return Err(Exception::throw_message(ctx, &format!("{shown}: {error}")));
        }
        NoSource::Typed(refused) => {
            // Node shows URLs of what it imports, but for files whose format it looks for in them.
            let is_url = is_import && path.extension().is_some_and(|it| it != "ts");
            let scheme = if is_url { "file://" } else { "" };
            let place = format!("{scheme}{shown}:{}\n{}", refused.line, refused.excerpt);
            (refused.code, place)
        }
        NoSource::TypedPackage(_) => ("ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING", String::new()),
    };
    let make: Function<'_> = internal(ctx, host)?.get("noSource")?;
    Err(ctx.throw(make.call((code, message, excerpt))?))
}

/// Fills in `import.meta`.
fn describe<'js>(ctx: &Ctx<'js>, host: &Rc<Host>, meta: &Object<'js>, name: &str) -> Result<()> {
    let describe: Function<'_> = internal(ctx, host)?.get("describeModule")?;
    describe.call((meta.clone(), name))
}

/// A module that exports the properties of what `import.meta.load()` returns. Those that are late
/// are made when some module is there that may use them.
fn declare_facade<'js>(
    ctx: &Ctx<'js>,
    host: &Rc<Host>,
    name: &str,
) -> Result<Module<'js, Declared>> {
    let facade: Function<'_> = internal(ctx, host)?.get("facade")?;
    let facade: Object<'_> = facade.call((name,))?;
    let exported: Vec<String> = facade.get("names")?;
    let mut text = String::from("const module = import.meta.load();\nexport default module;\n");
    for (index, property) in exported.iter().enumerate() {
        let key = serde_json::Value::from(property.as_str());
        text.push_str(&format!(
            "const p{index} = module?.[{key}]; export {{ p{index} as {key} }};\n"
        ));
    }
    let late: Vec<String> = facade.get("late")?;
    for (index, property) in late.iter().enumerate() {
        let key = serde_json::Value::from(property.as_str());
        text.push_str(&format!(
            "let l{index}; export {{ l{index} as {property} }};\
             import.meta.later({key}, (value) => {{ l{index} = value; }});\n"
        ));
    }
    let module = bytecode::module(ctx, name, text)?;
    let meta = module.meta()?;
    for function in ["load", "later"] {
        meta.set(function, facade.get::<_, Value<'_>>(function)?)?;
    }
    Ok(module)
}

/// Runs the main module, and has the prelude watch its promise.
pub(crate) fn run_main<'js>(ctx: &Ctx<'js>, host: &Rc<Host>, path: &str) -> Result<()> {
    let (_, promise) = declare(ctx, host, path)?.eval()?;
    let watch: Function<'_> = internal(ctx, host)?.get("watchMain")?;
    watch.call((promise,))
}

/// Runs a module of this text at once, as far as it does not await; its promise and its namespace.
pub(crate) fn evaluate<'js>(ctx: &Ctx<'js>, text: String) -> Result<Array<'js>> {
    let (module, promise) = bytecode::module(ctx, "node:internal/require", text)?.eval()?;
    let given = Array::new(ctx.clone())?;
    given.set(0, promise)?;
    given.set(1, module.namespace()?)?;
    Ok(given)
}

/// The prelude's shared object.
pub(crate) fn internal<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> Result<Object<'js>> {
    let saved = host.internal.borrow().clone();
    saved.ok_or(Error::Unknown)?.restore(ctx)
}
