/** The most trivial provider: every request gets the same user. Prints its port. */
import { createServer } from 'node:http';

const user = JSON.stringify({
  id: 7,
  name: 'Surya',
  email: 'surya@example.com',
  tags: ['a', 'b'],
  address: { city: 'Pune', zip: 411001 },
});
const server = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(user);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
