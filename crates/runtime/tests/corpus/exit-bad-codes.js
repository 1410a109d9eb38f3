for (const code of ['x', 1.5, {}, true]) try { process.exitCode = code; } catch (e) { console.log(e.name, e.code, e.message); }
process.exitCode = '6';
console.log(process.exitCode);
