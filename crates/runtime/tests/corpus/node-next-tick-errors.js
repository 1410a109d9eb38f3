'use strict';
const order = [];
process.on('uncaughtException', (e) => { if (order.length > 3) throw e; order.push('uncaught'); });
process.nextTick(() => { order.push('A'); process.nextTick(() => { order.push('B'); }); throw new Error('tick'); });
process.nextTick(() => { order.push('C'); });
process.on('exit', () => console.log(order));
