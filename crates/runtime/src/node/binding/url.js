// URLs by WHATWG's standard.

const native = host.native('url');
const urlComponents = new Uint32Array(9);
const PARTS = ['protocol', 'host', 'hostname', 'port', 'username', 'password', 'pathname', 'search', 'hash', 'href'];

/** Publishes where the parts are; gives the URL's text. */
function publish([href, ...numbers]) {
  urlComponents.set(numbers);
  return href;
}

const wellFormed = (text) => (text === undefined ? undefined : text.toWellFormed());

return {
  urlComponents,
  parse(input, base, raise) {
    const parts = native.parse(input.toWellFormed(), wellFormed(base));
    if (parts != null) return publish(parts);
    if (!raise) return undefined;
    const { ERR_INVALID_URL } = internal.nodeRequire('internal/errors').codes;
    throw new ERR_INVALID_URL(input, base);
  },
  canParse: (input, base) => native.canParse(input.toWellFormed(), wellFormed(base)),
  update(href, part, value) {
    const parts = native.update(href, PARTS[part], value.toWellFormed());
    return parts == null ? false : publish(parts);
  },
  format: (href, fragment, unicode, search, auth) => native.format(href, fragment, unicode, search, auth),
  domainToASCII: (domain) => native.domainToASCII(domain.toWellFormed()),
  domainToUnicode: (domain) => native.domainToUnicode(domain.toWellFormed()),
  getOrigin: (href) => new (internal.nodeRequire('internal/url').URL)(href).origin,
};
