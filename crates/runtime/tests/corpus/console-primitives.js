console.log(0, -0, 1.5, 1e21, 1e-7, NaN, -Infinity, 123456789012345680000, 0.1 + 0.2, 10n, -3n);
console.log([0, -0, 1.5, NaN], 'text', ['text'], true, null, undefined, [null, undefined, true]);
console.log(Symbol('s'), [Symbol('s'), Symbol(), Symbol.for('f'), Symbol.iterator], { [Symbol('k')]: 1 });
console.log(["it's", 'say "hi"', `it's "both"`, 'all \'"`', 'new\nline', 'tab\t', '\u0000\u001b\u007f', 'back\\slash', 'é', '\ud83d\ude00', '\ud800']);
console.log('');
console.log();
console.log(' ', '', 'a');
