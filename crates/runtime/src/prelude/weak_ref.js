// `WeakRef`: what one was made of or gave is there until the callback under way and its microtasks
// are over, as the language has it; the engine would free it at once.

const { prototype } = internal.NativeWeakRef;
const { NativeWeakRef } = internal;
const { deref } = prototype;
let kept = [];
let scope = -1;

function keep(target) {
  const now = host.callbackScope();
  if (now !== scope) kept = [];
  scope = now;
  kept.push(target);
  return target;
}

function WeakRef_(target) {
  if (new.target === undefined) throw new TypeError("Constructor WeakRef requires 'new'");
  const reference = Reflect.construct(NativeWeakRef, [target], new.target === WeakRef_ ? NativeWeakRef : new.target);
  keep(target);
  return reference;
}
Object.defineProperties(WeakRef_, {
  name: { value: 'WeakRef', configurable: true },
  prototype: { value: prototype, writable: false },
});
internal.hidden(prototype, 'constructor', WeakRef_);
internal.hidden(prototype, 'deref', { deref() {
  const target = deref.call(this);
  return target === undefined ? undefined : keep(target);
} }.deref);
internal.WeakRef = WeakRef_;
