// Whether the interval's second run comes before the timer depends on how late its first was.
let n = 0;
const interval = setInterval(() => { console.log('interval', ++n); if (n === 2) clearInterval(interval); }, 2);
setTimeout(() => console.log('timeout'), 5);
