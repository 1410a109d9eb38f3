let depth = 0;
function nest() { console.log('depth', ++depth); if (depth < 4) setTimeout(nest, 0); }
setTimeout(nest, 0);
