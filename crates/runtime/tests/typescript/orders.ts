import { setTimeout as sleep } from 'node:timers/promises';
import type { Missing } from './nowhere.ts';
import Corner, { type Order, total } from './lib/orders.ts';
import { counted } from './lib/counted.cts';
export type { Missing };

const shop: Corner = new Corner();
const orders = [{ id: 1, lines: [{ sku: 'a', pence: 120 }, { sku: 'b', pence: 35 }] }, { id: 2 }] as const satisfies Order[];
for (const order of orders) shop.add(order, order.id > 1);
console.log([...shop].map(total), shop.made, shop.greet(), 'owner' in shop);

function first<const T extends readonly unknown[], U = T[0]>(list: T): U | undefined {
  return list?.[0]! as U;
}
console.log(first<typeof orders>(orders), counted<string>('x'));

console.log(import.meta.filename!.endsWith('orders.ts'), typeof (await import('./lib/orders.ts')).default);
setTimeout((): void => console.log('timer'), 5);
await sleep<void>(1);
console.log('slept');
