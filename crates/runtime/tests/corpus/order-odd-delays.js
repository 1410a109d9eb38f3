// 0, negative, NaN, strings and fractions: all of 1 ms but the last.
for (const delay of [0, -5, NaN, undefined, '1', 1.9, null, 'x', {}, 0.2, true]) setTimeout(() => console.log(String(delay)), delay);
setTimeout(() => console.log('"30"'), '30');
