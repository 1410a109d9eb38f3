// WHATWG URLs: parsing, parts, what is refused.
for (const [input, base] of [
  ['https://user:pass@sub.example.com:8080/p/a/t/h?query=string#hash'], ['HTTP://EXAMPLE.com:80/../a/./b/%7Efoo?x y#z z'], ['/foo?bar', 'https://example.org/a/b'],
  ['../x', 'http://a/b/c/d;p?q'], ['?y', 'http://a/b/c/d;p?q'], ['#s', 'http://a/b/c/d;p?q'], ['//g', 'http://a/b/c/d;p?q'], ['mailto:a@b.c'], ['data:text/plain,Hello'], ['file:///C:/a/../b'],
  ['http://[::1]:3000/'], ['http://[2001:DB8::0:1]/'], ['http://192.168.0.257'], ['http://0x7f.1/'], ['http://ex ample.com'], ['http://münchen.de/ä?ö#ü'], ['javascript:alert(1)'], ['http://a@b@c/'],
  ['http://example.com:99999'], ['http://example.com:'], ['foo'], [''], ['http://'], ['https:example.org'], ['blob:https://a.com/x'], ['ws://x:80'], ['wss://x:443/y'], ['non-special://host:9/p?q'], ['http://a/%2e%2E/b'],
  ['http://xn--mnchen-3ya.de'], ['http://a.com/\ud800'], ['  http://trim.me/\n'], ['http://a\tb.com'], ['urn:isbn:123'], ['http:\\\\x\\y'], ['http://:pw@h/'], ['http://u@h'], ['web+demo:/.//not-a-host/'], ['http://1.2.3'], ['http://EXAMPLE.COM./'],
]) {
  try {
    const url = new URL(input, base);
    console.log(JSON.stringify(input), url.href, [url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port, url.pathname, url.search, url.hash]);
  } catch (error) {
    console.log(JSON.stringify(input), error.name, error.code, error.message, error.input, error.base);
  }
}
console.log(URL.canParse('x:y'), URL.canParse('x'), URL.canParse('x', 'http://a'), `${new URL('http://a')}`, JSON.stringify({ u: new URL('http://a/b') }));
console.log(new URL('http://u:p@a.b:1/c?d=e&f#g'));
console.log([new URL('http://a')], { deep: { deeper: { deepest: new URL('http://a') } } });
for (const wrong of [() => new URL(), () => URL('http://a'), () => new URL('http://a', 'nope'), () => URL.canParse()]) {
  try { console.log(wrong()); } catch (error) { console.log(error.name, error.code, error.message); }
}
