const { AsyncLocalStorage } = require('async_hooks');
const channels = require('diagnostics_channel');

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());
const channel = channels.channel('work');
channel.bindStore(als, (data) => ({ id: data.id }));
channel.subscribe((data) => at('published', data.id));
console.log(channel.runStores({ id: 1 }, function (x) { at('in runStores', x, this.me); setImmediate(at, 'later'); return 7; }, { me: 1 }, 'arg'));
at('outside');

const tracing = channels.tracingChannel('job');
tracing.start.bindStore(als, () => 'span');
tracing.subscribe({
  start: () => at('start'), end: () => at('end'), asyncStart: () => at('asyncStart'), asyncEnd: () => at('asyncEnd'), error: () => at('error'),
});
tracing.traceSync(() => at('sync'));
tracing.tracePromise(async () => { at('promise'); await null; at('promise later'); }).then(() => at('traced'));
tracing.traceCallback((callback) => setImmediate(callback, null, 'result'), 0, {}, null, (error, result) => at('callback', result));
channel.unbindStore(als);
channel.runStores({ id: 2 }, () => at('unbound'));
