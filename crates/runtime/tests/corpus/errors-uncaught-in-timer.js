setTimeout(() => { console.log('throws'); throw new Error('boom'); }, 1);
setTimeout(() => console.log('never'), 20);
