exports.name = 'a'; exports.when = require('./b').value;
