// Looking up names: those of the simulated network.

const { world, submitWork } = internal;
const { UV_EAI_NONAME } = internal.nodeBinding('uv');
const AF_INET = 2;
const AF_INET6 = 10;
const FAMILIES = { 4: AF_INET, 6: AF_INET6 };

function getaddrinfo(request, hostname, family) {
  submitWork('lookup', () => {
    const wanted = FAMILIES[family] ?? family;
    const addresses = world.lookup(hostname).filter((ip) => wanted === 0 || (ip.includes(':') ? AF_INET6 : AF_INET) === wanted);
    if (addresses.length === 0) request.oncomplete(UV_EAI_NONAME);
    else request.oncomplete(null, addresses);
  }, request.callback, request);
  return 0;
}

class ChannelWrap {
  getServers() { return [['127.0.0.1', 53]]; }
  setServers() { throw internal.refuse('dns.setServers'); }
  setLocalAddress() { throw internal.refuse('resolver.setLocalAddress'); }
  cancel() {}
}
for (const name of [
  'queryAny', 'queryA', 'queryAaaa', 'queryCaa', 'queryCname', 'queryMx', 'queryNs', 'queryTxt', 'queryTlsa', 'querySrv',
  'queryPtr', 'queryNaptr', 'querySoa', 'getHostByAddr',
]) {
  ChannelWrap.prototype[name] = () => { throw internal.refuse('dns.resolve and the like (dns.lookup is)'); };
}

return {
  getaddrinfo,
  getnameinfo() { throw internal.refuse('dns.lookupService'); },
  canonicalizeIP: (ip) => (ip.includes(':') ? new URL(`http://[${ip}]`).hostname.slice(1, -1) : ip),
  strerror: (code) => code,
  AF_INET,
  AF_INET6,
  AF_UNSPEC: 0,
  AI_ADDRCONFIG: 32,
  AI_ALL: 16,
  AI_V4MAPPED: 8,
  DNS_ORDER_VERBATIM: 0,
  DNS_ORDER_IPV4_FIRST: 1,
  DNS_ORDER_IPV6_FIRST: 2,
  GetAddrInfoReqWrap: class GetAddrInfoReqWrap {},
  GetNameInfoReqWrap: class GetNameInfoReqWrap {},
  QueryReqWrap: class QueryReqWrap {},
  ChannelWrap,
};
