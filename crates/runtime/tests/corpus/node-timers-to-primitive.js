'use strict';
const { mustNotCall } = require('./lib/common');
const assert = require('assert');
[setTimeout(mustNotCall(), 1), setInterval(mustNotCall(), 1)].forEach((timeout) => {
  assert.strictEqual(Number.isNaN(+timeout), false);
  assert.strictEqual(+timeout, timeout[Symbol.toPrimitive]());
  assert.strictEqual(`${timeout}`, timeout[Symbol.toPrimitive]().toString());
  assert.deepStrictEqual(Object.keys(timeout).filter((key) => key === 'x'), []);
  clearTimeout(+timeout);
});
{
  const timeout = setTimeout(mustNotCall(), 1);
  const id = +timeout;
  clearTimeout(id);
  clearTimeout(id);
}
{
  const timeout = setTimeout(mustNotCall(), 1);
  clearTimeout(String(+timeout));
}
{
  const timeout = setTimeout(mustNotCall(), 1);
  const id = +timeout;
  timeout.unref();
  clearInterval(`${id}`);
}
console.log('ok');
