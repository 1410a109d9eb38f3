// `network` and `peer` of `rtest:sim`: the other hosts of the simulated network, and the links to
// them. The words of links are those of the proxy's toxics.

const { world } = internal;

function invalid(name, value, reason) {
  return internal.codedError(TypeError, 'ERR_INVALID_ARG_VALUE', `${name} ${reason}. Received ${internal.inspect(value)}`);
}

const UNITS = { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A duration in milliseconds: a number of them, or a text such as `20ms` or `1.5s`. */
function duration(value, name) {
  if (typeof value === 'number' && value >= 0) return value;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(us|µs|ms|s|m|h)$/.exec(value) : null;
  if (match === null) throw invalid(`\`${name}\``, value, "must be a duration: a number of milliseconds, or a text such as '20ms' or '1.5s'");
  return Number(match[1]) * UNITS[match[2]];
}

const BYTES = { B: 1, KB: 1000, MB: 1e6, GB: 1e9 };

/** Bytes a second, of a text such as `64KB/s`; 0 is no limit. */
function rate(value, name) {
  if (value === null) return 0;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)\/s$/.exec(value) : null;
  if (match === null || Number(match[1]) === 0) throw invalid(`\`${name}\``, value, "must be a rate such as '64KB/s', or null for no limit");
  return Math.max(1, Number(match[1]) * BYTES[match[2]]);
}

function probability(value, name) {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw invalid(`\`${name}\``, value, 'must be a number from 0 to 1');
}

function flag(value, name) {
  internal.validateBoolean(value, name);
  return value;
}

/** What can be said of a link: how it is read, and what the network calls it. */
const WORDS = {
  latency: [duration, 'latency'],
  jitter: [duration, 'jitter'],
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
    internal.validateObject(options, 'options');
    const change = {};
    for (const [key, value] of Object.entries(options)) {
      if (!Object.hasOwn(WORDS, key)) throw invalid('A link', key, `has ${Object.keys(WORDS).join(', ')}`);
      const [read, called] = WORDS[key];
      change[called] = read(value, key);
    }
    world.changeLink(name, change);
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
