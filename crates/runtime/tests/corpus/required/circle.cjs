console.log('circle'); exports.r = require('./circle.mjs');
