// What a module misses of CommonJS is said to be that.
process.on('uncaughtException', (error) => {
  console.log(error.name, error.message);
  console.log(error.stack.split('\n')[0]);
});
await 1;
require('fs');
