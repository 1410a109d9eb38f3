// @sinonjs/fake-timers: the methods that let promises run.
const FakeTimers = require('@sinonjs/fake-timers');
const log = (...args) => console.log(...args);
const clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'Date'], loopLimit: 10 });
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function chain(name) { for (let i = 1; i <= 3; i++) { await sleep(10); log(name, i, clock.now); } }
(async () => {
  chain('sync'); clock.tick(30); log('ticked', clock.countTimers()); await clock.tickAsync(20);
  const done = chain('async'); await clock.tickAsync(30); log(clock.now); await done;
  const all = chain('all').then(() => log('all done')); await clock.runAllAsync(); await all;
  chain('last'); await clock.runToLastAsync(); log(clock.countTimers()); await clock.runAllAsync();
  chain('next'); log(await clock.nextAsync(), await clock.nextAsync(), await clock.nextAsync(), await clock.nextAsync());
  setTimeout(() => { throw new Error('async failure'); }, 5); await clock.tickAsync(10).catch((error) => log(error.message));
  setInterval(() => {}, 10); await clock.runAllAsync().catch((error) => log(error.message));
  clock.reset(); process.nextTick(() => log('tick in between')); await clock.tickAsync(0);
  setTimeout(() => { process.nextTick(() => log('tick')); Promise.resolve().then(() => log('job')); log('timer'); }, 1); setTimeout(() => log('timer after both'), 1); await clock.tickAsync(1);
  await clock.tickAsync(-1).catch((error) => log(error.name, error.message));
  clock.uninstall();
})();
