// Handles: what keeps the loop alive while it is active and referenced.

const { world, closeSoon } = internal;
const current = internal.asyncContext;

/** Those that are not closed, in the order in which they were made. */
const open = new Set();

class Handle {
  #isActive = false;
  #isReferenced = true;
  #isClosed = false;
  #holds = false;
  #context = current[0];

  #update() {
    const holds = this.#isActive && this.#isReferenced && !this.#isClosed;
    if (holds === this.#holds) return;
    this.#holds = holds;
    if (holds) world.hold();
    else world.release();
  }

  constructor() { open.add(this); }

  /** For the handles themselves: whether something is awaited. */
  setActive(isActive) {
    this.#isActive = isActive;
    this.#update();
  }

  get isClosed() { return this.#isClosed; }

  ref() {
    this.#isReferenced = true;
    this.#update();
  }

  unref() {
    this.#isReferenced = false;
    this.#update();
  }

  hasRef() { return this.#isReferenced && !this.#isClosed; }
  getAsyncId() { return 0; }

  /** Callbacks of the handle's own run in the context in which it was made, or in the one that the
      last of them left. */
  enter() { current[0] = this.#context; }
  leave() { this.#context = current[0]; }

  /** Ends the handle now; its callbacks run in the closing phase. */
  close(callback) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    open.delete(this);
    this.#update();
    this.onClosing();
    closeSoon(() => {
      this.onClosed();
      this.enter();
      if (typeof callback === 'function') callback.call(this);
    });
  }

  onClosing() {}
  onClosed() {}
}
internal.Handle = Handle;
internal.openHandles = open;
