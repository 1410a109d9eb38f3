// Setters of URLs, and how URLSearchParams hang together with them.
const start = 'https://user:pass@example.com:8080/path?a=1#frag';
for (const [part, value] of [
  ['protocol', 'http'], ['protocol', 'ftp:'], ['protocol', 'mailto'], ['protocol', '1x'], ['host', 'other.org:99'], ['host', 'other.org'], ['host', ''], ['host', 'bad host'], ['hostname', 'h.com:55'], ['hostname', 'münchen'],
  ['port', '443'], ['port', ''], ['port', '90abc'], ['port', 'x'], ['port', 70000], ['username', 'me@home'], ['username', ''], ['password', 'p:w/d'], ['password', ''], ['pathname', 'a b/ü?#'], ['pathname', ''], ['pathname', '/../x'],
  ['search', 'q=ä b'], ['search', '?'], ['search', ''], ['hash', 'x y'], ['hash', ''], ['hash', '#'], ['href', 'http://new/'], ['href', 'nope'], ['origin', 'x'],
]) {
  const url = new URL(start);
  try {
    url[part] = value;
    console.log(part, JSON.stringify(value), url.href, url[part]);
  } catch (error) {
    console.log(part, JSON.stringify(value), error.name, error.code, error.message, url.href);
  }
}
const mail = new URL('mailto:x@y');
mail.pathname = 'z'; mail.host = 'h'; mail.port = '1'; mail.username = 'u';
console.log(mail.href);
const url = new URL('http://a/?x=1&y=2');
url.searchParams.append('z', 'ä &=');
console.log(url.href, url.search, [...url.searchParams]);
url.searchParams.delete('x'); url.searchParams.set('y', '9'); url.searchParams.sort();
console.log(url.href);
url.search = '?n=1'; console.log(url.searchParams.get('n'), url.searchParams.get('y'));
url.searchParams.delete('n'); console.log(url.href, url.search === '');
const { urlToHttpOptions, fileURLToPath, pathToFileURL, domainToASCII, domainToUnicode, format } = require('url');
console.log(urlToHttpOptions(new URL(start)), fileURLToPath('file:///a%20b/c'), pathToFileURL('/tmp/ü #?%\\x').href, domainToASCII('español.com'), domainToASCII('xn--iñvalid.com'), domainToUnicode('xn--espaol-zwa.com'));
console.log(format(new URL('http://u:p@測試/p?q#f'), { unicode: true, auth: false, fragment: false, search: false }), format(new URL(start)));
for (const wrong of [() => fileURLToPath('http://a'), () => fileURLToPath('file://host/a'), () => fileURLToPath('file:///a%2fb'), () => fileURLToPath(5), () => format(5), () => pathToFileURL(3)]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
