exports.sawA = { ...require('./cycle-a') };
