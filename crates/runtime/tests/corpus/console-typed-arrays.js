console.log(new Uint8Array([1, 2, 255]), new Float64Array([1.5, -0]), new BigInt64Array([1n]), new Uint8Array(0), new Int16Array(200));
console.log(new ArrayBuffer(4), new Uint8Array([1, 2, 3]).buffer, new DataView(new ArrayBuffer(2)));
console.log([new Uint8Array(2)], { b: new Uint8Array([9]) });
