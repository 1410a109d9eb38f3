// node:test/reporters: spec and dot over the events of a test run of their own.
import { spec, tap, dot, junit } from 'node:test/reporters';
import { Readable } from 'node:stream';
const events = [
  { type: 'test:start', data: { nesting: 0, name: 'one', file: '/a.js' } }, { type: 'test:pass', data: { nesting: 0, testNumber: 1, name: 'one', details: { duration_ms: 1 }, file: '/a.js' } },
  { type: 'test:start', data: { nesting: 0, name: 'two', file: '/a.js' } }, { type: 'test:fail', data: { nesting: 0, testNumber: 2, name: 'two', details: { duration_ms: 2, error: Object.assign(new Error('outer'), { cause: 'reason', code: 'ERR_TEST_FAILURE' }) }, file: '/a.js' } },
  { type: 'test:plan', data: { nesting: 0, count: 2 } }, { type: 'test:diagnostic', data: { nesting: 0, message: 'tests 2' } },
];
for (const [name, reporter] of Object.entries({ tap, dot })) { let text = ''; for await (const part of reporter(Readable.from(events))) text += part; console.log(name, JSON.stringify(text.replace(/stack: [^]*/, ''))); }
let text = ''; for await (const part of Readable.from(events.slice(0, 3)).compose(new spec())) text += part; console.log(JSON.stringify(String(text)));
console.log(typeof junit);
