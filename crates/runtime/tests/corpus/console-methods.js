console.info('info'); console.debug('debug'); console.error('to stderr'); console.warn('to stderr'); console.trace('to stderr');
console.group('group'); console.log('indented\ntwice'); console.group(); console.log({ a: 1, b: ['x'.repeat(40), 'y'.repeat(40)] }); console.groupEnd(); console.groupEnd(); console.groupEnd(); console.log('back');
console.count(); console.count('x'); console.count(); console.countReset(); console.count();
console.assert(true, 'not shown'); console.assert(false, 'to stderr');
console.table([{ a: 1, b: 'x' }, { a: 2, c: true }]); console.table([[1, 2], [3, 4]]); console.table(['p', 'q']); console.table(new Map([['k', { v: 1 }]])); console.table(new Set([1])); console.table([{ a: 1, b: 2 }], ['b']); console.table('text'); console.table({ r: { c: 1 }, s: 5 });
console.dir([1, 2]); console.dirxml({ a: 1 }, 2); console.log(typeof console.log, Object.prototype.toString.call(console));
const { log } = console; log('unbound'); [1, 2].forEach(console.log); Promise.resolve('x').then(console.log);
