let n = 0;
const i = setInterval(() => { console.log(++n); if (n === 2) { clearTimeout(i); setTimeout(() => console.log('end'), 20); } }, 3);
