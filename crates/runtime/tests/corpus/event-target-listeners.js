// What targets and events are beside their listeners: checks, warnings, properties, the chain of listeners.
const { getMaxListeners, setMaxListeners, getEventListeners } = require('events');
const attempt = (what, run) => {
  try {
    console.log(what, run());
  } catch (error) {
    console.log(what, error.name, error.code, error.message);
  }
};

process.on('warning', (warning) => console.log('warning', warning.name, warning.message, warning.type, warning.count));

for (const [name, { value, writable, enumerable, configurable }] of Object.entries(Object.getOwnPropertyDescriptors(Event))) {
  if (typeof value === 'number') console.log(name, value, writable, enumerable, configurable);
}
console.log(Object.keys(Event.prototype), Object.keys(EventTarget.prototype), Object.keys(AbortSignal.prototype));
attempt('no type', () => new Event());
attempt('options', () => new Event('x', 1));
attempt('this', () => Event.prototype.preventDefault.call({}));
attempt('target', () => EventTarget.prototype.addEventListener.call({}, 'a', () => {}));
attempt('one argument', () => new EventTarget().addEventListener('a'));
attempt('no event', () => new EventTarget().dispatchEvent());
attempt('not an event', () => new EventTarget().dispatchEvent({ type: 'a' }));
attempt('listener', () => new EventTarget().addEventListener('a', 'b'));
attempt('signal', () => new EventTarget().addEventListener('a', () => {}, { signal: 1 }));
attempt('limit', () => getMaxListeners({}));
attempt('detail', () => [new CustomEvent('c').detail, new CustomEvent('c', { detail: 7 }).detail]);
attempt('trusted', () => new Event('x').isTrusted);

const target = new EventTarget();
console.log(target, getMaxListeners(target));
console.log({ nested: target, event: Object.keys(new Event('x')) });
setMaxListeners(2, target);
console.log(getMaxListeners(target), getMaxListeners(new EventTarget()));
target.addEventListener('nothing', undefined);
target.addEventListener('nothing', null);
for (let i = 0; i < 4; i++) target.addEventListener('many', () => console.log('many', i));
console.log(getEventListeners(target, 'many').length);

// Whoever is added meanwhile still hears of it, unless the last one adds it.
let added = 0;
const late = () => console.log('late', added);
const chain = new EventTarget();
chain.addEventListener('a', () => { added++; chain.addEventListener('a', late); });
chain.addEventListener('a', { handleEvent(event) { console.log('object', this.handleEvent !== undefined, event.currentTarget === chain); } });
chain.dispatchEvent(new Event('a'));
const last = new EventTarget();
last.addEventListener('a', () => last.addEventListener('a', () => console.log('too late')));
last.dispatchEvent(new Event('a'));

const event = new Event('b', { cancelable: true });
chain.addEventListener('b', (seen) => {
  seen.preventDefault();
  seen.stopImmediatePropagation();
  console.log(seen.cancelBubble, seen.eventPhase, seen.composedPath().length);
}, { once: true });
chain.addEventListener('b', () => console.log('never'));
console.log(chain.dispatchEvent(event), event.defaultPrevented, event.returnValue, event.eventPhase, event.composedPath());
event.initEvent('c', true);
console.log(event.type, event.bubbles, event.cancelable);
attempt('again', () => {
  const once = new EventTarget();
  once.addEventListener('a', (seen) => once.dispatchEvent(seen));
  return once.dispatchEvent(new Event('a'));
});
process.on('uncaughtException', (error) => console.log('uncaught', error.message));
