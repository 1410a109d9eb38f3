// A response larger than the buffers: writes say no, 'drain' says when, nothing is lost.
const http = require('http');
const PIECE = Buffer.alloc(64 * 1024, 'x');
const server = http.createServer((req, res) => {
  let left = 64;
  let refused = 0;
  (function fill() {
    while (left > 0) {
      left--;
      if (!res.write(PIECE)) { refused++; res.once('drain', fill); return; }
    }
    res.end();
    console.log('refused some', refused > 0);
  })();
});
server.listen(0, () => {
  http.get({ port: server.address().port, agent: false }, async (res) => {
    let bytes = 0;
    for await (const chunk of res) {
      bytes += chunk.length;
      if (bytes < 1e6) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    console.log(bytes === 64 * PIECE.length, res.complete);
    server.close(() => console.log('closed'));
  });
});
