// Names: those of this host, and those of nobody.
const dns = require('dns');
dns.lookup('localhost', { family: 4 }, (error, address, family) => {
  console.log(error, address, family);
  dns.lookup('localhost', { all: true, family: 4 }, (error, all) => {
    console.log(error, all);
    dns.lookup('127.0.0.1', (error, address, family) => {
      console.log(error, address, family);
      dns.lookup('no.such.host.invalid', (error) => {
        console.log(error.name, error.code, error.errno, error.syscall, error.hostname, error.message);
        dns.promises.lookup('localhost', 4).then((found) => console.log(found));
      });
    });
  });
});
try { dns.lookup(5, () => {}); } catch (error) { console.log(error.code); }
