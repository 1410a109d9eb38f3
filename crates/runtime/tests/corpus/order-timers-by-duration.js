setTimeout(() => console.log('40'), 40);
setTimeout(() => console.log('20'), 20);
setTimeout(() => console.log('0'), 0);
setTimeout(() => console.log('60'), 60);
setTimeout((a, b) => console.log('20 again', a, b), 20, 'x', 'y');
