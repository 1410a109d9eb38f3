// `internal/util/inspect` as Node's own library wants it.

internal.inspectModule = {
  inspect: internal.inspect,
  format: internal.format,
  formatWithOptions: (options, ...args) => internal.formatWithOptions(options, args),
  getStringWidth: (text, stripped) => internal.stringWidth(text, stripped),
  stripVTControlCharacters: (text) => internal.stripColors(text),
  formatNumber: (style, number, separators) => style(internal.formatNumber(number, { numericSeparator: separators }), 'number'),
  formatBigInt: (style, bigint, separators) => style(internal.formatBigInt(bigint, { numericSeparator: separators }), 'bigint'),
};
