return { FSEvent: class FSEvent { constructor() { throw internal.refuse('fs.watch'); } } };
