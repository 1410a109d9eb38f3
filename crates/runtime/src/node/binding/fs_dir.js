// `opendir`: a folder is listed when it is opened, and handed out in parts.

const fs = internal.nodeBinding('fs');

class DirHandle {
  #entries;
  constructor(entries) { this.#entries = entries; }

  read(encoding, count, request) {
    const part = this.#entries.splice(0, count * 2);
    const result = part.length === 0 ? null : part;
    if (request === undefined) return result;
    internal.submitWork('file', () => request.oncomplete(null, result));
    return undefined;
  }

  close(request) {
    if (request !== undefined) internal.submitWork('file', () => request.oncomplete(null));
  }
}

function list(path, encoding) {
  try {
    const [names, types] = fs.readdir(path, encoding, true);
    return new DirHandle(names.flatMap((name, at) => [name, types[at]]));
  } catch (error) {
    throw fs.uvException(error.errno, 'opendir', error.path);
  }
}

return {
  opendir(path, encoding, request) {
    if (request === undefined) return list(path, encoding);
    internal.submitWork('file', () => {
      let handle;
      try {
        handle = fs.inTask(list, [path, encoding]);
      } catch (error) {
        request.oncomplete(error);
        return;
      }
      request.oncomplete(null, handle);
    });
    return undefined;
  },
  opendirSync: list,
};
