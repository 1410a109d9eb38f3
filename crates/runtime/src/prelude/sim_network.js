// `network` and `peer` of `rtest:sim`: the other hosts of the simulated network, and the links to
// them. The words of links are those of the proxy's toxics.

const { world } = internal;

const { DELAY, change, flag, invalid, probability, rate } = internal.simWords;

/** What can be said of a link: how it is read, and what the network calls it. */
const WORDS = {
  ...DELAY,
  loss: [probability, 'loss'],
  bandwidth: [rate, 'rate'],
  down: [flag, 'down'],
  partitioned: [flag, 'partitioned'],
};

/** `HOST` or `HOST:PORT`, of that or a URL; the host must be known. */
function linkName(target) {
  internal.validateString(target, 'host');
  const { hostname, port } = new URL(target.includes('://') ? target : `http://${target}`);
  if (world.lookup(hostname).length === 0) {
    throw invalid('The host', target, 'must be localhost or one that `peer` made');
  }
  const isPortNamed = /:\d+\/?$/.test(target);
  return isPortNamed ? `${hostname}:${port || 80}` : hostname;
}

const network = {
  /** Changes the link to a host, or to one port of it. What is not named stays as it is. */
  link(host, options) {
    const name = linkName(host);
    world.changeLink(name, change(options, 'A link', WORDS));
  },

  /** Lets nothing through to a host and back, without telling anybody. */
  partition(host) { world.changeLink(linkName(host), { partitioned: true }); },

  /** Resets the live connections to a host. */
  reset(host) { world.resetLink(linkName(host)); },

  /** Ends the partition of a host and brings its link up; without a host, those of all. */
  heal(host) {
    if (host === undefined) world.heal();
    else world.changeLink(linkName(host), { partitioned: false, down: false });
  },
};

// --- peers ----------------------------------------------------------------------------------------

async function requestOf(message, host) {
  const controller = new AbortController();
  message.on('close', () => { if (!message.complete) controller.abort(); });
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  const headers = [];
  for (let i = 0; i < message.rawHeaders.length; i += 2) headers.push([message.rawHeaders[i], message.rawHeaders[i + 1]]);
  const hasBody = message.method !== 'GET' && message.method !== 'HEAD';
  return new Request(`http://${message.headers.host ?? host}${message.url}`, {
    method: message.method,
    headers,
    body: hasBody ? Buffer.concat(chunks) : undefined,
    signal: controller.signal,
  });
}

async function answer(response, out) {
  if (!(response instanceof Response)) throw invalid('The answer of a peer', response, 'must be a Response');
  out.statusCode = response.status;
  if (response.statusText !== '') out.statusMessage = response.statusText;
  for (const [name, value] of response.headers) if (name !== 'set-cookie') out.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) out.setHeader('set-cookie', cookies);
  if (response.body !== null) for await (const chunk of response.body) out.write(chunk);
  out.end();
}

/** Another host that answers HTTP: `handler` takes a `Request` and gives a `Response`, or takes
    Node's request and response. It does not keep the program running. */
function peer(address, handler) {
  internal.validateString(address, 'address');
  internal.validateFunction(handler, 'handler');
  const url = new URL(address);
  if (url.protocol !== 'http:') throw invalid('The address of a peer', address, 'must begin with http://');
  const listener = handler.length >= 2
    ? handler
    : async (message, out) => {
      try {
        await answer(await handler(await requestOf(message, url.host)), out);
      } catch (error) {
        message.socket.destroy();
        throw error;
      }
    };
  const server = internal.nodeRequire('http').createServer(listener);
  server.on('connection', (socket) => socket.unref());
  server.listen(Number(url.port || 80), world.addHost(url.hostname));
  server.unref();
  return { url: url.href, close: () => { server.close(); server.closeAllConnections(); } };
}

internal.simNetwork = network;
internal.simPeer = peer;
