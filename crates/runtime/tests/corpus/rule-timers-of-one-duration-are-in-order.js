const log = (...args) => console.log(...args);
for (let i = 0; i < 10; i++) setTimeout(log, 5, i);
