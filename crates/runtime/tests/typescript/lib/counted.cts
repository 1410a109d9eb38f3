type Count<T> = { of: T; n: number };
let n: number = 0;
function counted<T>(of: T): Count<T> {
  return { of, n: ++n };
}
module.exports = { counted } as { counted: typeof counted };
