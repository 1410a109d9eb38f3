import { setTimeout as sleep } from 'timers/promises';
const controller = new AbortController();
setTimeout(() => controller.abort(new Error('enough')), 5);
try { await sleep(1000, null, { signal: controller.signal }); } catch (e) { console.log(e.name, e.code, e.message, e.cause.message); }
try { await sleep(10, null, { signal: AbortSignal.abort() }); } catch (e) { console.log(e.name, e.cause.name, e.cause.message, e.cause.code); }
const timeout = AbortSignal.timeout(5);
timeout.addEventListener('abort', () => console.log('timed out', timeout.reason.name, timeout.reason.message));
await sleep(20);
console.log(timeout.aborted);
const any = AbortSignal.any([controller.signal, new AbortController().signal]);
console.log(any.aborted, any.reason.message);
try { AbortSignal.abort('why').throwIfAborted(); } catch (e) { console.log(e); }
