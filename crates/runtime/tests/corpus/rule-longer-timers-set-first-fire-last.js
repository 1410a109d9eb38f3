const log = (...args) => console.log(...args);
for (const ms of [80, 40, 60, 20]) setTimeout(log, ms, ms);
