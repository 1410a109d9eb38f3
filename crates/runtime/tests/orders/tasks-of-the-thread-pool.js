// Tasks of the thread pool under way together are done in any order.
const fs = require('fs');
for (const name of ['a', 'b', 'c']) fs.stat('/tmp', () => console.log(name));
