import type { Order } from './lib/orders.ts';
const { counted }: { counted: <T>(of: T) => { of: T, n: number } } = require('./lib/counted.cts');
const orders = require('./lib/orders.ts');
console.log(counted<number>(3), counted<Order[]>([]), __filename.endsWith('commonjs.cts'), typeof this);
console.log(Object.keys(orders), orders.__esModule, new orders.default().greet('you'));
for (const name of ['./lib/counted', './lib/orders']) {
  try { require(name); } catch (error: any) { console.log(error.code, error.message.split('\n')[0]); }
}
console.log(require.resolve('./lib/orders.ts') === __dirname + '/lib/orders.ts');
