import assert from 'node:assert';
{
  const ac = new AbortController();
  const calls = [];
  ac.signal.onabort = (event) => calls.push(event.type);
  ac.signal.addEventListener('abort', (event) => { calls.push(event.target === ac.signal); }, { once: true });
  ac.abort();
  ac.abort();
  console.log(calls, ac.signal.aborted, ac.signal.reason.name, ac.signal.reason.code, ac.signal.reason.message);
}
{
  const ac = new AbortController();
  ac.abort('reason');
  try { ac.signal.throwIfAborted(); } catch (e) { console.log(e); }
  console.log(AbortSignal.abort(1).reason, AbortSignal.abort().aborted, String(ac.signal), String(ac));
}
for (const bad of ['x', -1, 1.5, 2 ** 33, undefined, {}]) { try { AbortSignal.timeout(bad); console.log('ok'); } catch (e) { console.log(e.code, e.message); } }
try { new AbortSignal(); } catch (e) { console.log(e.name, e.code, e.message); }
const signal = AbortSignal.timeout(5);
signal.addEventListener('abort', () => console.log('timed out', signal.reason.name, signal.reason.code));
await new Promise((resolve) => setTimeout(resolve, 20));
const any = AbortSignal.any([AbortSignal.timeout(100000), AbortSignal.timeout(1)]);
any.addEventListener('abort', () => console.log('any', any.reason.name));
await new Promise((resolve) => setTimeout(resolve, 20));
console.log(AbortSignal.any([AbortSignal.abort('a'), AbortSignal.abort('b')]).reason, AbortSignal.any([]).aborted);
