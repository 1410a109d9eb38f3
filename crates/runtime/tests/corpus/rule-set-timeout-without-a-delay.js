const log = (...args) => console.log(...args);
setTimeout(() => log('no delay'));
setInterval(function() { log('interval'); clearInterval(this); });
