// A name to look up and a file to look at, against a timer: each can be first.
require('dns').lookup('localhost', () => console.log('lookup'));
require('fs').stat('/tmp', () => console.log('file'));
setTimeout(() => console.log('timer'), 1);
