//! TypeScript as Node runs it: types become white space, so that every line and column stays where
//! it was, and what would take more than that is refused in Node's words.
//!
//! It is Node's own way, and its own parser: `swc_ts_fast_strip`, which Node has as WebAssembly.
//! Nothing is checked, and no `tsconfig.json` is read.

use std::sync::{Arc, Mutex, PoisonError};

use swc_common::errors::{DiagnosticBuilder, Emitter, HANDLER, Handler};
use swc_common::sync::Lrc;
use swc_common::{SourceMap, Span};
use swc_ts_fast_strip::{ErrorCode, Mode, Options, operate};

/// What the parser may use of the stack: it goes as deep as brackets are nested. Only touched pages
/// count.
pub(crate) const STACK_BYTES: usize = 256 << 20;

/// Why a text has no JavaScript below its types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refused {
    /// Node's code for it.
    pub(crate) code: &'static str,
    /// What is wrong, in the parser's words.
    pub(crate) message: String,
    /// Where it begins, counted from 1.
    pub(crate) line: usize,
    /// That line and those beside it, with a mark below what is wrong.
    pub(crate) excerpt: String,
}

/// The JavaScript that is left of a TypeScript text.
///
/// # Errors
/// Where it is no TypeScript, or has something in it that is more than types: enums, namespaces
/// with values, parameter properties, `import x = …`, `export =`.
pub(crate) fn strip(text: &str) -> Result<String, Refused> {
    let sources: Lrc<SourceMap> = Lrc::default();
    let first = First::default();
    let handler = Handler::with_emitter(false, false, Box::new(first.clone()));
    let options = Options {
        mode: Mode::StripOnly,
        deprecated_ts_module_as_error: Some(true),
        ..serde_json::from_value(serde_json::json!({})).expect("each option has a default")
    };
    let stripped = stacker::grow(STACK_BYTES, || {
        HANDLER.set(&handler, || {
            operate(&sources, &handler, text.to_owned(), options)
        })
    });
    let error = match stripped {
        Ok(stripped) => return Ok(stripped.code),
        Err(error) => error,
    };
    let (message, span) = first
        .take()
        .unwrap_or_else(|| (error.message.clone(), Span::default()));
    let (line, excerpt) = excerpt(&sources, span);
    Err(Refused {
        code: match error.code {
            ErrorCode::UnsupportedSyntax => "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
            _ => "ERR_INVALID_TYPESCRIPT_SYNTAX",
        },
        message,
        line,
        excerpt,
    })
}

/// Keeps the first thing that the parser has to say.
#[derive(Clone, Default)]
struct First(Arc<Mutex<Option<(String, Span)>>>);

impl First {
    fn take(&self) -> Option<(String, Span)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Emitter for First {
    fn emit(&mut self, diagnostic: &mut DiagnosticBuilder<'_>) {
        let span = diagnostic.span.primary_span().unwrap_or_default();
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| (diagnostic.message(), span));
    }
}

/// The line where a span begins, and its lines with one before and one after, as Node shows them:
/// a span of one line has its marks below it, a longer one before its first and last line. A tab is
/// four columns wide, as the parser counts them.
fn excerpt(sources: &SourceMap, span: Span) -> (usize, String) {
    if span.is_dummy() {
        return (1, String::new());
    }
    let begin = sources.lookup_char_pos(span.lo);
    let end = sources.lookup_char_pos(span.hi.max(span.lo));
    let line = |number: usize| -> Option<String> {
        let text = begin.file.get_line(number.checked_sub(1)?)?;
        Some(text.trim_end().replace('\t', "    "))
    };
    let is_one_line = begin.line == end.line;
    let mut text = String::new();
    for number in begin.line.saturating_sub(1)..=end.line + 1 {
        let Some(shown) = line(number) else { continue };
        let is_edge = number == begin.line || number == end.line;
        let margin = match (is_one_line, is_edge) {
            (true, _) => "",
            (false, true) => "  > ",
            (false, false) => "    ",
        };
        if number > end.line && shown.is_empty() {
            continue;
        }
        text.push_str(&format!("{margin}{shown}\n"));
        if is_one_line && is_edge {
            let width = end.col_display.saturating_sub(begin.col_display).max(1);
            text.push_str(&format!(
                "{}{}\n",
                " ".repeat(begin.col_display),
                "^".repeat(width)
            ));
        }
    }
    (begin.line, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_become_white_space() {
        for (typed, bare) in [
            ("let a: number = 1 as const;", "let a         = 1         ;"),
            ("f<P>(x!, y satisfies Q);", "f   (x , y            );"),
            (
                "import type { A } from './a.ts';\nlet b",
                "                                \nlet b",
            ),
            (
                "import { type A, b } from './a.ts';",
                "import {         b } from './a.ts';",
            ),
            (
                "interface I { a: 1 }\nlet a;",
                "                    \nlet a;",
            ),
            (
                "declare enum E { A }\nlet a;",
                "                    \nlet a;",
            ),
            (
                "class A<T> { private readonly x?: T; }",
                "class A    {                  x    ; }",
            ),
        ] {
            // A `;` stands where a statement was.
            let stripped = strip(typed).map(|text| match text.strip_prefix(';') {
                Some(rest) => format!(" {rest}"),
                None => text,
            });
            assert_eq!(stripped.as_deref(), Ok(bare), "{typed}");
        }
    }

    #[test]
    fn what_is_more_than_types_is_refused_in_nodes_words() {
        for (text, message) in [
            (
                "enum A { B }",
                "TypeScript enum is not supported in strip-only mode",
            ),
            (
                "namespace A { export const b = 1 }",
                "TypeScript namespace declaration is not supported in strip-only mode",
            ),
            (
                "class A { constructor(private b: string) {} }",
                "TypeScript parameter property is not supported in strip-only mode",
            ),
            (
                "import a = require('a')",
                "TypeScript import equals declaration is not supported in strip-only mode",
            ),
            (
                "module A {}",
                "`module` keyword is not supported. Use `namespace` instead.",
            ),
        ] {
            let refused = strip(text).expect_err(text);
            assert_eq!(refused.code, "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX", "{text}");
            assert_eq!(refused.message, message);
        }
        let refused = strip("let a: = 1").expect_err("no type");
        assert_eq!(refused.code, "ERR_INVALID_TYPESCRIPT_SYNTAX");
    }

    #[test]
    fn an_excerpt_shows_where() {
        let refused =
            strip("let a = 1;\n\tlet é = '😀'; enum B { C }\nlet d;\n").expect_err("an enum");
        assert_eq!(refused.line, 2);
        assert_eq!(
            refused.excerpt,
            "let a = 1;\n    let é = '😀'; enum B { C }\n                   ^^^^^^^^^^^^\nlet d;\n"
        );
        let refused = strip("let a;\nenum B {\n  C\n}\nlet d;").expect_err("an enum");
        assert_eq!(refused.line, 2);
        assert_eq!(
            refused.excerpt,
            "    let a;\n  > enum B {\n      C\n  > }\n    let d;\n"
        );
    }

    #[test]
    fn nesting_without_end_is_no_crash() {
        let deep = format!("let a = {}1{};", "(".repeat(5_000), ")".repeat(5_000));
        assert_eq!(strip(&deep), Ok(deep));
    }
}
