// Encodings other than UTF-8.

const { bytesOf } = internal.nodeBinding('buffer');
const { decoder } = host.native('decoder');
const { checkInput, invalidData } = internal.nodeBinding('encoding_binding');
const FLUSH = 1;
const FATAL = 2;
const IGNORE_BOM = 4;
/** Encodings of the standard that ICU has not. */
const UNSUPPORTED = ['replacement', 'x-user-defined'];
const TRANSCODED = ['ascii', 'latin1', 'binary', 'utf8', 'utf-8', 'ucs2', 'utf16le'];
const U_ILLEGAL_ARGUMENT_ERROR = 1;

return {
  icuErrName: () => 'U_ILLEGAL_ARGUMENT_ERROR',
  transcode(source, from, to) {
    if (!TRANSCODED.includes(from) || !TRANSCODED.includes(to)) return U_ILLEGAL_ARGUMENT_ERROR;
    const { Buffer } = internal.nodeRequire('buffer');
    let text = Buffer.from(source).toString(from === 'ascii' ? 'latin1' : from);
    // What the target has no character for becomes a question mark.
    if (to === 'ascii') text = text.replace(/[^\x00-\x7f]/gu, '?');
    if (to === 'latin1' || to === 'binary') text = text.replace(/[^\x00-\xff]/gu, '?');
    return Buffer.from(text, to);
  },
  getConverter(encoding, flags) {
    if (UNSUPPORTED.includes(encoding)) return undefined;
    return decoder(encoding, (flags & FATAL) !== 0, (flags & IGNORE_BOM) !== 0) ?? undefined;
  },
  decode(converter, input, flags, encoding) {
    checkInput(input, 'input');
    const text = converter(bytesOf(input), (flags & FLUSH) !== 0);
    if (text === null || text === undefined) throw invalidData(encoding);
    return text;
  },
};
