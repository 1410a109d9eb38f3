let n = 0;
const interval = setInterval((label) => {
  console.log(label, ++n);
  if (n === 3) clearInterval(interval);
}, 5, 'interval');
