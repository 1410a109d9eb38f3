import { MIMEType, TextDecoder } from 'util';
console.log(new MIMEType('a/b').type, TextDecoder === globalThis.TextDecoder);
