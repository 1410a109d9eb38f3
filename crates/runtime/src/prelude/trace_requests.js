// Requests over HTTP, for the trace: Node's library tells of each on its diagnostics channels.

internal.traceRequests = function traceRequests(subscribe) {
  /** request → its number and what it is */
  const open = new WeakMap();
  let last = 0;

  function begin(request, what) {
    open.set(request, { id: ++last, what });
    host.requestBegan(last, what);
  }

  function end(request, status = 0) {
    const { id, what } = open.get(request) ?? {};
    if (open.delete(request)) host.requestEnded(id, status, what);
  }

  subscribe('http.server.request.start', ({ request }) => begin(request, `serves ${request.method} ${request.url}`));
  subscribe('http.server.response.finish', ({ request, response }) => end(request, response.statusCode));
  subscribe('http.client.request.start', ({ request }) => begin(request, `${request.method} ${request.host}${request.path}`));
  subscribe('http.client.response.finish', ({ request, response }) => end(request, response.statusCode));
  subscribe('undici:request:create', ({ request }) => begin(request, `${request.method} ${request.origin}${request.path}`));
  subscribe('undici:request:headers', ({ request, response }) => { if (open.has(request)) open.get(request).status = response.statusCode; });
  subscribe('undici:request:trailers', ({ request }) => end(request, open.get(request)?.status));
  subscribe('undici:request:error', ({ request }) => end(request));
};
