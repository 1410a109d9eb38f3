const t = setTimeout(() => console.log('refreshed, so last'), 60);
setTimeout(() => { console.log('refreshes'); t.refresh(); }, 30);
setTimeout(() => console.log('in between'), 75);
