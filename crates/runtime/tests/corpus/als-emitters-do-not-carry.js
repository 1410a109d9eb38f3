// Listeners run in the context of whoever emits; `EventEmitterAsyncResource` in its own.
const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const { EventEmitter, EventEmitterAsyncResource, once } = require('events');

const als = new AsyncLocalStorage();
const at = (...args) => console.log(...args, als.getStore());

const emitter = new EventEmitter();
als.run('listener', () => {
  emitter.on('a', () => at('a'));
  emitter.once('a', AsyncResource.bind(() => at('bound')));
  once(emitter, 'a').then(() => at('once'));
});
als.run('emitter', () => emitter.emit('a'));
emitter.emit('a');

const target = new EventTarget();
als.run('listener', () => target.addEventListener('x', () => at('target')));
als.run('dispatcher', () => target.dispatchEvent(new Event('x')));

class Queue extends EventEmitterAsyncResource {}
const queue = als.run('queue', () => new Queue());
als.run('listener', () => queue.on('b', function (x) { at('b', x, this === queue); }));
als.run('emitter', () => console.log(queue.emit('b', 1), queue.emit('none')));
const named = als.run('named', () => new EventEmitterAsyncResource({ name: 'N' }));
named.on('c', () => at('c'));
named.emit('c');
console.log(typeof named.asyncId, typeof named.triggerAsyncId, named.asyncResource.eventEmitter === named, named.emitDestroy());
console.log(named.asyncResource instanceof AsyncResource, named instanceof EventEmitter);
for (const wrong of [undefined, {}, { name: 1 }]) {
  try {
    new EventEmitterAsyncResource(wrong);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
try {
  EventEmitterAsyncResource.prototype.emit.call({}, 'x');
} catch (error) {
  console.log(error.code, error.message);
}

const controller = new AbortController();
als.run('waits', () => controller.signal.addEventListener('abort', () => at('abort')));
als.run('aborts', () => controller.abort());
