AbortSignal.timeout(1000).addEventListener('abort', () => console.log('never'));
console.log('ends at once');
