// What V8 says of constructors that are called, of regular expressions that are not global, and of parameters.
const told = (call) => {
  try {
    call();
  } catch (error) {
    console.log(`${error.name}: ${error.message}`);
  }
};
for (const Class of [Map, Set, WeakMap, WeakSet, Uint8Array, ArrayBuffer, DataView, Promise]) told(() => Class());
told(() => [1].map(Map));
const method = 'replaceAll';
told(() => 'a'.replaceAll(/a/, ''));
told(() => 'a'.matchAll(/a/));
told(() => 'a'[method](/a/, ''));

async function getUser({ id }) {
  return id;
}
await getUser().catch((error) => console.log(error.message));
function plain({ id, name }) {
  return id + name;
}
function second(first, { id }) {
  return Object.keys(id);
}
const arrow = ({ id }) => id;
class Users {
  find({ id }) {
    return id;
  }
}
told(() => plain());
told(() => second(1));
told(() => second(1, {}));
told(() => arrow());
told(() => new Users().find());
told(() => { const { a } = undefined; });
try {
  for await (const item of undefined) break;
} catch (error) {
  console.log(error.message);
}
told(() => +1n);
told(() => +Symbol('s'));
