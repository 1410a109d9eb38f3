const late = setTimeout(() => console.log('never'), 10);
setTimeout(() => { console.log('clears'); clearTimeout(late); clearTimeout(late); clearTimeout(undefined); clearTimeout('nonsense'); }, 5);
const same = setTimeout(() => { console.log('clears the next of its list'); clearTimeout(next); }, 20);
const next = setTimeout(() => console.log('never either'), 20);
const byNumber = setTimeout(() => console.log('never by number'), 15);
clearTimeout(+byNumber);
const byString = setTimeout(() => console.log('never by string'), 15);
clearTimeout(`${byString}`);
