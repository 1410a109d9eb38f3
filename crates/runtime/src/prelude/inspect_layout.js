// How `util.inspect` lays entries out: in columns, on one line, or a line each.

const { Math } = internal.intrinsics;
const { join } = internal.intrinsics.Array.prototype;
/** Whether an object's entries can be put in columns: those of arrays and the like. */
internal.ARRAY_LIKE = 2;
const { ARRAY_LIKE } = internal;

/** Puts the entries of a long array into columns. */
function groupArrayElements(ctx, output, value) {
  let total = 0;
  let longest = 0;
  let i = 0;
  let entries = output.length;
  if (ctx.maxArrayLength < output.length) entries--; // the "more items" line stays alone
  const GAP = 2;
  const widths = new Array(entries);
  for (; i < entries; i++) {
    const width = internal.stringWidth(output[i], ctx.colors);
    widths[i] = width;
    total += width + GAP;
    if (longest < width) longest = width;
  }
  const column = longest + GAP;
  if (column * 3 + ctx.indentationLvl >= ctx.breakLength || (total / column <= 5 && longest > 6)) return output;

  // A character is about 2.5 times as high as wide: the columns aim at a square.
  const bias = Math.max(column - 3 - Math.sqrt(column - total / output.length), 1);
  const columns = Math.min(
    Math.round(Math.sqrt(2.5 * bias * entries) / bias),
    Math.floor((ctx.breakLength - ctx.indentationLvl) / column),
    ctx.compact * 4,
    15,
  );
  if (columns <= 1) return output;
  const lineWidths = [];
  for (i = 0; i < columns; i++) {
    let width = 0;
    for (let j = i; j < output.length; j += columns) if (widths[j] > width) width = widths[j];
    lineWidths.push(width + GAP);
  }
  const numbers = value === undefined ||
    output.every((_, at) => typeof value[at] === 'number' || typeof value[at] === 'bigint');
  const pad = numbers ? String.prototype.padStart : String.prototype.padEnd;
  const lines = [];
  for (i = 0; i < entries; i += columns) {
    const end = Math.min(i + columns, entries);
    let line = '';
    let j = i;
    for (; j < end - 1; j++) line += pad.call(`${output[j]}, `, lineWidths[j - i] + output[j].length - widths[j], ' ');
    line += numbers ? output[j].padStart(lineWidths[j - i] + output[j].length - widths[j] - GAP, ' ') : output[j];
    lines.push(line);
  }
  if (ctx.maxArrayLength < output.length) lines.push(output[entries]);
  return lines;
}

function fitsOnLine(ctx, output, start, base) {
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (let i = 0; i < output.length; i++) {
    total += ctx.colors ? internal.stripColors(output[i]).length : output[i].length;
    if (total > ctx.breakLength) return false;
  }
  return base === '' || !base.includes('\n');
}

function reduceToSingleString(ctx, output, base, braces, extras, recurseTimes, value) {
  const before = base ? `${base} ` : '';
  if (ctx.compact !== true) {
    if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
      const entries = output.length;
      if (extras === ARRAY_LIKE && entries > 6) output = groupArrayElements(ctx, output, value);
      // The innermost `compact` levels go on one line, if they fit and were not put in columns.
      if (ctx.currentDepth - recurseTimes < ctx.compact && entries === output.length) {
        const start = output.length + ctx.indentationLvl + braces[0].length + base.length + 10;
        if (fitsOnLine(ctx, output, start, base)) {
          const joined = join.call(output, ', ');
          if (!joined.includes('\n')) return `${before}${braces[0]} ${joined} ${braces[1]}`;
        }
      }
    }
    const indentation = `\n${' '.repeat(ctx.indentationLvl)}`;
    return `${before}${braces[0]}${indentation}  ${join.call(output, `,${indentation}  `)}${indentation}${braces[1]}`;
  }
  if (fitsOnLine(ctx, output, 0, base)) {
    return `${braces[0]}${base ? ` ${base}` : ''} ${join.call(output, ', ')} ${braces[1]}`;
  }
  const indentation = `\n${' '.repeat(ctx.indentationLvl)}`;
  const first = base === '' && braces[0].length === 1 ? ' ' : `${base ? ` ${base}` : ''}${indentation}  `;
  return `${braces[0]}${first}${join.call(output, `,${indentation}  `)} ${braces[1]}`;
}

internal.reduceToSingleString = reduceToSingleString;
