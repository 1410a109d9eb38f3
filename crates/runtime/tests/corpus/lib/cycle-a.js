exports.early = true; const b = require('./cycle-b'); exports.b = b.sawA; exports.late = true;
