'use strict';
const { MessageChannel: MC, MessagePort: MP, receiveMessageOnPort, isMainThread, parentPort, workerData, threadId } = require('worker_threads');
console.log(isMainThread, parentPort, workerData, threadId, MC === MessageChannel, MP === MessagePort);
const { port1, port2 } = new MC();
port1.postMessage({ hello: 'world' });
port1.postMessage('next');
console.log(receiveMessageOnPort(port2), receiveMessageOnPort(port2), receiveMessageOnPort(port2));
for (const bad of [null, 0, -1, {}, []]) { try { receiveMessageOnPort(bad); } catch (e) { console.log(e.code, e.message); } }
