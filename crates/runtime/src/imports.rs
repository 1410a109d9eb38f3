//! What an ES module's text says of other modules, without running it.

use swc_common::sync::Lrc;
use swc_common::{FileName, SourceMap};
use swc_ecma_ast::{
    ArrowExpr, AwaitExpr, Constructor, EsVersion, ForOfStmt, Function, GetterProp, Module,
    ModuleDecl, SetterProp, UsingDecl,
};
use swc_ecma_parser::{Syntax, parse_file_as_module};
use swc_ecma_visit::{Visit, VisitWith};

use crate::typescript::STACK_BYTES;

/// What stands outside of any function in a module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imports {
    /// Whether it awaits something.
    pub(crate) awaits: bool,
    /// The specifiers of its `import` and `export … from` declarations, in their order.
    pub(crate) specifiers: Vec<String>,
}

/// What a text imports; nothing where it is no module, which running it tells.
pub(crate) fn of(text: &str) -> Imports {
    stacker::grow(STACK_BYTES, || read(text))
}

/// Whether a text that looks like a module is one: it declares imports or exports, or awaits outside
/// of functions. One that cannot be read is taken for what it looks like; running it tells.
pub(crate) fn is_module(text: &str) -> bool {
    stacker::grow(STACK_BYTES, || {
        parse(text).is_none_or(|module| {
            let mut found = TopLevelAwait(false);
            module.visit_with(&mut found);
            found.0 || module.body.iter().any(|item| item.is_module_decl())
        })
    })
}

fn parse(text: &str) -> Option<Module> {
    let sources: Lrc<SourceMap> = Lrc::default();
    let file = sources.new_source_file(FileName::Anon.into(), text.to_owned());
    let target = EsVersion::latest();
    parse_file_as_module(&file, Syntax::default(), target, None, &mut Vec::new()).ok()
}

fn read(text: &str) -> Imports {
    let Some(module) = parse(text) else {
        return Imports::default();
    };
    let mut found = TopLevelAwait(false);
    module.visit_with(&mut found);
    Imports {
        awaits: found.0,
        specifiers: specifiers(&module),
    }
}

fn specifiers(module: &Module) -> Vec<String> {
    let declared = module
        .body
        .iter()
        .filter_map(|item| match item.as_module_decl()? {
            ModuleDecl::Import(import) => Some(&import.src),
            ModuleDecl::ExportNamed(export) => export.src.as_ref(),
            ModuleDecl::ExportAll(export) => Some(&export.src),
            _ => None,
        });
    declared
        .map(|specifier| specifier.value.to_string_lossy().into_owned())
        .collect()
}

struct TopLevelAwait(bool);

impl Visit for TopLevelAwait {
    fn visit_await_expr(&mut self, _: &AwaitExpr) {
        self.0 = true;
    }

    fn visit_for_of_stmt(&mut self, statement: &ForOfStmt) {
        self.0 |= statement.is_await;
        statement.visit_children_with(self);
    }

    fn visit_using_decl(&mut self, declaration: &UsingDecl) {
        self.0 |= declaration.is_await;
        declaration.visit_children_with(self);
    }

    // What a function awaits is its own.
    fn visit_function(&mut self, _: &Function) {}
    fn visit_arrow_expr(&mut self, _: &ArrowExpr) {}
    fn visit_constructor(&mut self, _: &Constructor) {}
    fn visit_getter_prop(&mut self, _: &GetterProp) {}
    fn visit_setter_prop(&mut self, _: &SetterProp) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_outside_of_functions_is_awaited_by_the_module() {
        for (text, awaits) in [
            ("await 1", true),
            ("export const a = { b: [await 1] }", true),
            ("for await (const a of b) ;", true),
            ("if (a) { for (const b of await c) ; }", true),
            ("const s = `${await 1}`", true),
            ("async function a() { await 1 }", false),
            (
                "const a = async () => { for await (const b of c) ; }",
                false,
            ),
            (
                "class A { async b() { await 1 } static c = async () => await 1 }",
                false,
            ),
            ("({ async a() { await 1 }, get b() { return 1 } })", false),
            ("'await 1' // await 1", false),
            ("await (", false),
        ] {
            assert_eq!(of(text).awaits, awaits, "{text}");
        }
    }

    #[test]
    fn declarations_name_what_a_module_imports() {
        let text = "import a from './a.js'; export * from \"b\"; export { c } from '../c.mjs';
            import './d'; export const e = import('./e.js');";
        assert_eq!(of(text).specifiers, ["./a.js", "b", "../c.mjs", "./d"]);
    }
}
