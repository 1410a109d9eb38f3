import { setTimeout as sleep } from 'node:timers/promises';
async function c() {
  await sleep(1); throw new Error('deep'); }
async function b() { const x =   await    c(); return x }
async function a() { return [1,
  await b()]; }
const show = (e) => console.log(e.stack);
try { await a(); } catch (e) { show(e); }
async function all() { await Promise.all([sleep(1), c()]); }
try { await all(); } catch (e) { show(e); }
async function ret() { return c(); }
try { await ret(); } catch (e) { show(e); }
async function* gen() { yield 1; await c(); }
async function loop() { for await (const x of gen()); }
try { await loop(); } catch (e) { show(e); }
class K { async m() { await c(); } static async s() { await new K().m(); } }
try { await K.s(); } catch (e) { show(e); }
const arrow = async () => { await c(); }; const o = { async meth() { await arrow(); } };
try { await o.meth(); } catch (e) { show(e); }
try { await (async () => { await c(); })(); } catch (e) { show(e); }
async function thenner() { await sleep(1).then(() => { throw new Error('in then'); }); }
try { await thenner(); } catch (e) { show(e); }
async function settled() { await Promise.race([c()]); } try { await settled(); } catch (e) { show(e); }
Error.stackTraceLimit = 2; try { await a(); } catch (e) { show(e); }
