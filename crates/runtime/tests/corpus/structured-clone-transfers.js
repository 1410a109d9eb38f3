// structuredClone with ArrayBuffers that are moved.
const buffer = new Uint8Array([1, 2, 3]).buffer;
const view = new Uint8Array(buffer, 1);
const copy = structuredClone({ buffer, view, other: [1] }, { transfer: [buffer] });
console.log(copy, buffer.byteLength, view.length, copy.view.buffer === copy.buffer);
for (const wrong of [() => structuredClone(1, { transfer: [buffer] }), () => structuredClone(), () => structuredClone({ f() {} }), () => structuredClone(Symbol('x')), () => { const b = new ArrayBuffer(1); return structuredClone(b, { transfer: [b, b] }); }]) { try { console.log(wrong()); } catch (error) { console.log(error.name, error.message, error.code); } }
const kept = new ArrayBuffer(2); console.log(structuredClone(kept).byteLength, kept.byteLength, structuredClone(new Map([[kept, new Set([kept])]])));
