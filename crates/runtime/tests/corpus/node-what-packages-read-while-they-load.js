console.log(process.domain ?? 'none', process.debugPort, process.mainModule === module, require('http2').constants.HTTP2_HEADER_STATUS, Object.keys(require('constants')).length, require('https').globalAgent.defaultPort, new (require('https').Agent)({keepAlive:true}).protocol);
const c=require('crypto');const k=c.createSecretKey(Buffer.from('secret'));console.log(k, k.type, k.symmetricKeySize, k.export(), k.export({format:'jwk'}), k.equals(c.createSecretKey('secret','utf8')));
try{c.createPrivateKey('secret')}catch(e){console.log(e.message, Object.keys(e))}
console.log(c.createHmac('sha256',k).update('x').digest('hex'), Object.getOwnPropertyNames(k));
try{k.equals(1)}catch(e){console.log(e.message)}
console.log(c.getHashes().includes('sha256'), Object.keys(process.memoryUsage()), Object.keys(process.cpuUsage()), require('v8').getHeapSpaceStatistics()[0].space_name.length>0, Object.keys(process.resourceUsage()));
import('node:net').then(net => console.log(typeof net.isIP));
