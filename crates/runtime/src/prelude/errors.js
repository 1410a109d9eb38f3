// Errors with Node's codes, and the refusal of what the runtime does not have.

const { Array, Math, Object } = internal.intrinsics;
const unavailable = new internal.KeptWeakSet();

/** An error as Node's own modules throw it: `TypeError [CODE]: message` in its stack. */
internal.codedError = function codedError(Base, code, message, properties) {
  const error = new Base(message);
  error.code = code;
  if (properties !== undefined) Object.assign(error, properties);
  const header = `${error.name} [${code}]: ${message}`;
  const frames = String(error.stack).indexOf('\n    at ');
  internal.hidden(error, 'stack', header + (frames === -1 ? '' : error.stack.slice(frames)));
  internal.hidden(error, 'toString', function toString() { return header; });
  return error;
};

/** The error for something of Node's that is not here, of which the program only asks whether it is:
    it may catch it. */
internal.unavailable = function makeUnavailable(name) {
  const error = internal.codedError(
    Error, 'ERR_NOT_IN_REFERENCE_RUNTIME', `${name} is not available in the reference runtime`);
  unavailable.add(error);
  return error;
};

/** The same for a use of it. What the program makes of a refusal says nothing of what it does in Node,
    so that the run is over, whatever it catches; only a package that tries something while it is loaded
    is let go on, since most take no for an answer there. */
internal.refuse = function refuse(name) {
  const error = internal.unavailable(name);
  const place = internal.shownPlace(error);
  if (internal.loadsPackage(error)) {
    host.tried(name, place);
    return error;
  }
  host.refuse(name, place);
  for (;;);
};

/** If `error` is such a refusal, its name; the run then ends with it instead of an exit code. */
internal.refusedName = (error) => {
  if (typeof error !== 'object' || error === null || !unavailable.has(error)) return undefined;
  return error.message.slice(0, -' is not available in the reference runtime'.length);
};

/** Something that is there by name, and refuses every use. */
internal.refuser = function refuser(name) {
  const refuse = () => { throw internal.refuse(name); };
  return new Proxy(function () {}, {
    apply: refuse,
    construct: refuse,
    set: refuse,
    get(target, key) {
      if (typeof key === 'symbol' || key === 'prototype' || key === 'then') return target[key];
      throw internal.unavailable(`${name}.${key}`);
    },
  });
};

// --- arguments of the wrong type -----------------------------------------------------------

function received(value) {
  if (value == null) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    if (value.constructor?.name) return ` Received an instance of ${value.constructor.name}`;
    return ` Received ${internal.inspect(value, { depth: -1 })}`;
  }
  let shown = internal.inspect(value, { colors: false });
  if (shown.length > 28) shown = `${shown.slice(0, 25)}...`;
  return ` Received type ${typeof value} (${shown})`;
}

internal.received = received;

/** `The "name" argument must be …. Received …`; a name with a dot is a property. */
internal.invalidArgType = function invalidArgType(name, expected, actual) {
  const kind = name.includes('.') ? 'property' : 'argument';
  return internal.codedError(
    TypeError, 'ERR_INVALID_ARG_TYPE',
    `The "${name}" ${kind} must be ${expected}.${received(actual)}`);
};

/** Long whole numbers with their digits in groups. */
function grouped(number) {
  const isLong = typeof number === 'bigint' ? number > 2n ** 32n || number < -(2n ** 32n)
    : Number.isInteger(number) && Math.abs(number) > 2 ** 32;
  if (!isLong) return internal.inspect(number);
  return `${String(number).replace(/\B(?=(\d{3})+$)/g, '_')}${typeof number === 'bigint' ? 'n' : ''}`;
}

internal.outOfRange = function outOfRange(name, range, actual) {
  return internal.codedError(
    RangeError, 'ERR_OUT_OF_RANGE', `The value of "${name}" is out of range. It must be ${range}. Received ${grouped(actual)}`);
};

internal.validateFunction = function validateFunction(value, name) {
  if (typeof value !== 'function') throw internal.invalidArgType(name, 'of type function', value);
};

internal.validateString = function validateString(value, name) {
  if (typeof value !== 'string') throw internal.invalidArgType(name, 'of type string', value);
};

internal.validateNumber = function validateNumber(value, name) {
  if (typeof value !== 'number') throw internal.invalidArgType(name, 'of type number', value);
};

internal.validateBoolean = function validateBoolean(value, name) {
  if (typeof value !== 'boolean') throw internal.invalidArgType(name, 'of type boolean', value);
};

internal.validateObject = function validateObject(value, name) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw internal.invalidArgType(name, 'of type object', value);
  }
};
