// Object URLs of blobs; slices of slices; types; reading in pieces.
import { Blob, resolveObjectURL } from 'node:buffer';
const log = console.log; const blob = new Blob(['object'], { type: 'text/x' }); const id = URL.createObjectURL(blob);
log(/^blob:nodedata:[0-9a-f-]{36}$/.test(id), await resolveObjectURL(id).text(), resolveObjectURL(id).type, resolveObjectURL('blob:nodedata:nope'), resolveObjectURL('http://a')); URL.revokeObjectURL(id); log(resolveObjectURL(id));
for (const wrong of [() => URL.createObjectURL(5), () => URL.createObjectURL(), () => URL.revokeObjectURL()]) { try { log(wrong()); } catch (error) { log(error.name, error.code, error.message); } }
const sliced = new Blob(['0123456789']).slice(2, 8).slice(1, -1); log(await sliced.text(), sliced.size, await new Blob([sliced, sliced]).text(), await new Blob(['é']).slice(0, 1).text(), await sliced.slice(10).text(), await sliced.slice(-100, 2).text());
log(new Blob([], { type: 'a\u0000' }).type === '', new Blob([new DataView(new ArrayBuffer(3)), 5, null, { toString: () => 'o' }]).size, await new Blob([5, null, undefined, {}]).text()); const reader = new Blob(['ab', 'cd']).stream().getReader(); log(await reader.read(), await reader.read(), await reader.read());
