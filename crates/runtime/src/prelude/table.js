// `console.table`.

const { inspect, console } = internal;

function renderTable(head, columns) {
  const width = internal.stringWidth;
  const rows = Math.max(...columns.map((column) => column.length));
  const cell = (column, row) => (Object.hasOwn(columns[column], row) ? columns[column][row] : '');
  const widths = head.map((title, column) => {
    let widest = width(title);
    for (let row = 0; row < rows; row++) widest = Math.max(widest, width(cell(column, row)));
    return widest;
  });
  const line = (cells) => `│ ${cells.map((text, i) => text + ' '.repeat(widths[i] - width(text))).join(' │ ')} │`;
  const rule = (left, middle, right) => left + widths.map((w) => '─'.repeat(w + 2)).join(middle) + right;
  const lines = [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤')];
  for (let row = 0; row < rows; row++) lines.push(line(head.map((_, column) => cell(column, row))));
  lines.push(rule('└', '┴', '┘'));
  return lines.join('\n');
}

function table(data, properties) {
  if (data === null || typeof data !== 'object') return console.log(data);
  const show = (value) => {
    const deep = value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 2;
    return inspect(value, { depth: deep ? -1 : 0, maxArrayLength: 3, breakLength: Infinity });
  };
  const indices = (length) => Array.from({ length }, (_, i) => show(i));
  if (data instanceof Map) {
    return console.log(renderTable(
      ['(iteration index)', 'Key', 'Values'],
      [indices(data.size), Array.from(data.keys(), show), Array.from(data.values(), show)]));
  }
  if (data instanceof Set) {
    return console.log(renderTable(['(iteration index)', 'Values'], [indices(data.size), Array.from(data, show)]));
  }
  const columns = { __proto__: null };
  const primitives = [];
  let hasPrimitives = false;
  const rows = Object.keys(data);
  rows.forEach((row, i) => {
    const item = data[row];
    const primitive = item === null || (typeof item !== 'function' && typeof item !== 'object');
    if (properties === undefined && primitive) {
      hasPrimitives = true;
      primitives[i] = show(item);
      return;
    }
    for (const key of properties ?? Object.keys(item)) {
      columns[key] ??= [];
      columns[key][i] = primitive || !Object.hasOwn(item, key) ? '' : show(item[key]);
    }
  });
  const head = ['(index)', ...Object.keys(columns)];
  const cells = [rows, ...Object.values(columns)];
  if (hasPrimitives) {
    head.push('Values');
    cells.push(primitives);
  }
  return console.log(renderTable(head, cells));
}

internal.table = table;
