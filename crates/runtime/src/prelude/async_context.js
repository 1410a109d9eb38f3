// The async context of the code that runs: its stores of `AsyncLocalStorage`, a Map by storage that is
// never changed, or undefined where there is none. Whatever leaves code to run later keeps the context
// with it, and that is entered again right before the code runs; nothing is put back behind it, since
// all that runs enters a context of its own. Promises are followed on the other side.

/** One element, so that the other side can reach it as fast as this one. */
internal.asyncContext = [undefined];

/** The constructor that a property's descriptor shows. That of promises is a getter where they are
    followed. */
internal.constructorIn = (descriptor) => descriptor?.value;
