// Runs under virtual time: the waits below take no time at all, and every seed is another
// order of events and another Math.random.
//   rtest sim rtest/retry.mjs --seed 7

async function flaky() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  if (Math.random() < 0.5) throw new Error('unavailable');
  return 'ok';
}

async function withRetry(call, attempts = 20) {
  for (let attempt = 1; ; attempt++) {
    try {
      return { answer: await call(), attempt };
    } catch (error) {
      if (attempt === attempts) throw error;
      const backoff = Math.min(1000, 50 * 2 ** attempt) * (0.5 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, backoff));
    }
  }
}

const { answer, attempt } = await withRetry(flaky);
console.log(`${answer} after ${attempt} attempt${attempt === 1 ? '' : 's'}`);
if (answer !== 'ok') process.exitCode = 1;
