console.log((1234567.891).toLocaleString(), (0).toLocaleString(), (-1234.5).toLocaleString(), (1e9).toLocaleString('en-US'), (1234.5).toLocaleString('en-US', { minimumFractionDigits: 2 }), (12345678901234567890n).toLocaleString());
console.log(['b', 'a', 'C', 'B', 'ä', 'z', '10', '9', '_', ' '].sort((a, b) => a.localeCompare(b)), ['b', 'a', 'C'].sort(), 'a'.localeCompare('b'), 'a'.localeCompare('A'), 'résumé'.localeCompare('resume'));
console.log(JSON.stringify({ a: [1, 'x', null, undefined, () => {}], b: undefined, c: NaN, d: new Date(0), e: { toJSON: () => 'custom' } }), JSON.stringify({ a: 1, b: [1, { c: 2 }] }, null, 2), JSON.stringify('\u2028\ud800"'), JSON.parse('[1,{"a":2}]', (k, v) => (typeof v === 'number' ? v + 1 : v)));
console.log(0.1 + 0.2, (0.1).toFixed(20), 1 / 3, 1e21 + 1, 123.456.toPrecision(4), (25).toString(2), parseFloat('3.14abc'), Number(''), Number('0b11'), 2 ** 53, -7 % 3, 5 / 0);
console.log([3, 1, 2].sort(), [1, 10, 2].sort(), [1, 2, 3].at(-1), Object.entries({ b: 1, a: 2, 1: 3 }), 'abc'.padStart(5, '*'), [1, [2, [3]]].flat(Infinity), 'a-b-c'.replaceAll('-', '+'), structuredClone({ a: new Map([[1, new Set([2])]]), d: new Date(0), n: [1, , 3] }));
const source = { list: [1] }; source.self = source; const copy = structuredClone(source); console.log(copy, copy !== source, copy.self === copy);
try { structuredClone(() => {}); } catch (e) { console.log(e.name, e.message, e.code, e instanceof DOMException); }
try { structuredClone({ s: Symbol('x') }); } catch (e) { console.log(e.name, e.message); }
console.log(typeof Math.random(), Math.random() !== Math.random(), Math.random() < 1, structuredClone(new TypeError('copied')) instanceof TypeError);
label: for (const i of [1, 2]) { for (const j of [1, 2]) { if (j === 2) continue label; console.log(i, j); } }
console.log([..."añ😀"].length, "😀".length, /(?<year>\d{4})/.exec('in 2024').groups.year, 'x'.codePointAt(0), `${[1, [2, 3]]}`, String([null, undefined, 1]), String({}), [] + {}, typeof null, void 0);
