const m = require('./with-default.mjs'); exports.v = m.x;
try { require('./outer.mjs') } catch (e) { console.log(e.code, e.message) }
