// Modules that Node has and the reference runtime has not. Packages ask for many of them and use them
// only now and then, so that asking is no error: what is refused, by its name, is any use.

const MEMBERS = {
  'async_hooks': `
    AsyncLocalStorage AsyncResource asyncWrapProviders createHook executionAsyncId executionAsyncResource
    triggerAsyncId
  `,
  'child_process': 'ChildProcess exec execFile execFileSync execSync fork spawn spawnSync',
  'cluster': `
    SCHED_NONE SCHED_RR Worker disconnect fork isMaster isPrimary isWorker schedulingPolicy settings
    setupMaster setupPrimary workers
  `,
  'dgram': 'Socket createSocket',
  'domain': 'Domain active create createDomain',
  'http2': `
    Http2ServerRequest Http2ServerResponse connect constants createSecureServer createServer
    getDefaultSettings getPackedSettings getUnpackedSettings performServerHandshake sensitiveHeaders
  `,
  'inspector': 'Network Session close console open url waitForDebugger',
  'inspector/promises': 'Network Session close console open url waitForDebugger',
  'repl': 'REPLServer REPL_MODE_SLOPPY REPL_MODE_STRICT Recoverable builtinModules isValidSyntax start writer',
  'sea': 'getAsset getAssetAsBlob getRawAsset isSea',
  'tls': `
    CLIENT_RENEG_LIMIT CLIENT_RENEG_WINDOW DEFAULT_CIPHERS DEFAULT_ECDH_CURVE DEFAULT_MAX_VERSION
    DEFAULT_MIN_VERSION SecureContext Server TLSSocket checkServerIdentity connect convertALPNProtocols
    createSecureContext createSecurePair createServer getCiphers rootCertificates
  `,
  'trace_events': 'createTracing getEnabledCategories',
  'tty': 'ReadStream WriteStream isatty',
  'v8': `
    DefaultDeserializer DefaultSerializer Deserializer GCProfiler Serializer cachedDataVersionTag
    deserialize getHeapCodeStatistics getHeapSnapshot getHeapSpaceStatistics getHeapStatistics promiseHooks
    queryObjects serialize setFlagsFromString setHeapSnapshotNearHeapLimit startupSnapshot stopCoverage
    takeCoverage writeHeapSnapshot
  `,
  'vm': `
    Script compileFunction constants createContext createScript isContext measureMemory runInContext
    runInNewContext runInThisContext
  `,
  'wasi': 'WASI',
};

/** What is true here all the same. */
const KNOWN = {
  get http2() { return { constants: internal.http2Constants, sensitiveHeaders: Symbol.for('nodejs.http2.sensitiveHeaders') }; },
  cluster: { isMaster: true, isPrimary: true, isWorker: false },
  sea: { isSea: () => false },
  tty: { isatty: () => false },
  get async_hooks() { return internal.asyncHooks; },
  get v8() { return internal.heapStatistics; },
};

internal.absentModule = function absentModule(name) {
  const exports = {};
  for (const member of MEMBERS[name].split(/\s+/).filter(Boolean)) exports[member] = internal.refuser(`${name}.${member}`);
  return Object.assign(exports, KNOWN[name]);
};
