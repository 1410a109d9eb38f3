function fails() { throw new Error('from a module'); }
try { fails(); } catch (error) { console.log(error); }
console.log(new Error('top').stack);
