// `AbortSignal.any`: orders, sources that are results themselves, `onabort`.
const attempt = (run) => {
  try {
    console.log(run());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
attempt(() => new AbortSignal());
attempt(() => AbortSignal.any());
attempt(() => AbortSignal.any([{}]));
attempt(() => AbortSignal.any([]).aborted);
attempt(() => Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted').get.call({}));
attempt(() => AbortSignal.any([AbortSignal.abort('early')]).reason);

const first = new AbortController();
const second = new AbortController();
const both = AbortSignal.any([first.signal, second.signal]);
const again = AbortSignal.any([both, first.signal]);
const hear = (name, signal) => signal.addEventListener('abort', (event) => console.log(name, event.isTrusted, signal.reason, event.target === signal));
hear('again', again);
hear('both', both);
hear('first', first.signal);
both.onabort = function (event) { console.log('onabort', this === both, event.type); };
both.onabort = () => console.log('replaced');
console.log(typeof both.onabort, both.onabort === null);
first.signal.onabort = null;
second.abort('why');
first.abort('late');
console.log(both.reason, again.reason, first.signal.reason, both);

const late = new AbortController();
const stopped = new EventTarget();
stopped.addEventListener('tick', () => console.log('tick'), { signal: late.signal });
late.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
stopped.addEventListener('tick', () => console.log('tock'), { signal: late.signal });
late.abort();
stopped.dispatchEvent(new Event('tick'));
console.log(late.signal.reason.name, late.signal.reason.message);
