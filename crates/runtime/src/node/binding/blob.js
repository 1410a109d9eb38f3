// What a `Blob` holds: bytes in memory, read in one piece each.

const { bytesOf } = internal.nodeBinding('buffer');

const stored = new Map();

class Handle {
  #parts;
  constructor(parts) { this.#parts = parts; }

  slice(start, end) {
    const all = new Uint8Array(concat(this.#parts));
    return new Handle([all.slice(start, end)]);
  }

  getReader() {
    const parts = this.#parts.filter((part) => part.length > 0);
    let next = 0;
    return {
      /** Status 1 and the bytes, or 0 at the end. */
      pull(callback) {
        if (next === parts.length) return callback(0);
        const part = parts[next++];
        return callback(1, part.slice().buffer);
      },
    };
  }

  get parts() { return this.#parts; }
}

function concat(views) {
  const parts = views.map(bytesOf);
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.buffer;
}

return {
  createBlob: (sources) => new Handle(sources.flatMap((source) => (source instanceof Handle ? source.parts : [source]))),
  concat,
  /** What object URLs stand for, by their ids. */
  storeDataObject(id, handle, size, type) { stored.set(id, [handle, size, type]); },
  getDataObject: (id) => stored.get(id),
  revokeObjectURL(url) { stored.delete(/^blob:nodedata:(.*)$/.exec(url)?.[1]); },
};
