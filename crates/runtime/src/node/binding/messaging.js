return {
  DOMException,
  structuredClone: (value, options) => internal.structuredClone(value, options),
  setDeserializerCreateFunction() {},
};
