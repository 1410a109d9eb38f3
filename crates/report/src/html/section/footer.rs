use rtest_core::SIGNIFICANT_DIGITS;

use crate::html::context::Context;
use crate::html::markup::esc;

/// How the numbers came about.
pub(crate) fn footer(context: &Context<'_>) -> String {
    format!(
        "<footer><div class=\"inner\"><p>Percentiles are read from merged HDR histograms ({SIGNIFICANT_DIGITS} significant digits, \
         ±0.1 %), never averaged. A request that a fault touched counts as during the fault.</p>\
         <p>rtest {}</p></div></footer>\n",
        esc(&context.record.header.rtest)
    )
}
