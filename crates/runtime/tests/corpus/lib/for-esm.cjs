exports.fromCjs = 'from cjs'; module.exports.other = 1;
