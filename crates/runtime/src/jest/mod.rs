//! Jest's own `expect` and mock functions, unmodified and under their own licence (`LICENSE` beside
//! this file); `prelude/testing/jest_lib.js` is their loader. Nothing here is read before a program
//! asks for it.

use rquickjs::{Ctx, Function, Result};

use crate::engine::bytecode;

macro_rules! files {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("lib/", $name, ".js"))),)*]
    };
}

/// Files of packages, by package and name.
const LIB: &[(&str, &str)] = files! {
    "@jest/expect-utils/immutableUtils"
    "@jest/expect-utils/index"
    "@jest/expect-utils/jasmineUtils"
    "@jest/expect-utils/types"
    "@jest/expect-utils/utils"
    "diff-sequences/index"
    "expect/asymmetricMatchers"
    "expect/extractExpectedAssertionsErrors"
    "expect/index"
    "expect/jestMatchersObject"
    "expect/matchers"
    "expect/print"
    "expect/spyMatchers"
    "expect/toThrowMatchers"
    "expect/types"
    "jest-diff/cleanupSemantic"
    "jest-diff/constants"
    "jest-diff/diffLines"
    "jest-diff/diffStrings"
    "jest-diff/getAlignedDiffs"
    "jest-diff/index"
    "jest-diff/joinAlignedDiffs"
    "jest-diff/normalizeDiffOptions"
    "jest-diff/printDiffs"
    "jest-diff/types"
    "jest-get-type/index"
    "jest-matcher-utils/Replaceable"
    "jest-matcher-utils/deepCyclicCopyReplaceable"
    "jest-matcher-utils/index"
    "jest-mock/index"
    "pretty-format/collections"
    "pretty-format/index"
    "pretty-format/plugins/AsymmetricMatcher"
    "pretty-format/plugins/DOMCollection"
    "pretty-format/plugins/DOMElement"
    "pretty-format/plugins/Immutable"
    "pretty-format/plugins/ReactElement"
    "pretty-format/plugins/ReactTestComponent"
    "pretty-format/plugins/lib/escapeHTML"
    "pretty-format/plugins/lib/markup"
    "pretty-format/types"
};

/// The function that a file is the body of; none for one that is not here.
pub(crate) fn lib<'js>(ctx: Ctx<'js>, id: String) -> Result<Option<Function<'js>>> {
    let Some((_, text)) = LIB.iter().find(|(name, _)| *name == id) else {
        return Ok(None);
    };
    let function = format!("(function (exports, require, module) {{ {text}\n}})");
    bytecode::function(&ctx, &format!("node:internal/jest/{id}"), function, false).map(Some)
}
