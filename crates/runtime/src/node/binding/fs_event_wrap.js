return { FSEvent: class FSEvent { constructor() { throw internal.unavailable('fs.watch'); } } };
