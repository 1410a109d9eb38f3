// What the head of an HTTP/1.1 message says of the message: shared by both of its readers.

/** A message that is none; `code` and `reason` are llhttp's, `at` is how far into what is left it is wrong. */
class MalformedHttp {
  constructor(code, reason, at = 0) {
    this.code = code;
    this.reason = reason;
    this.at = at;
  }
}
const fail = (code, reason) => { throw new MalformedHttp(code, reason); };

/** What a head says of the message behind it. */
function framing(headers, isResponse, version, status) {
  let length;
  let isChunked = false;
  let hasEncoding = false;
  let closes = false;
  let keepsAlive = false;
  let upgradeToken = false;
  let upgradeHeader = false;
  for (let i = 0; i < headers.length; i += 2) {
    const value = headers[i + 1];
    switch (headers[i].toLowerCase()) {
      case 'content-length': {
        if (length !== undefined) fail('HPE_UNEXPECTED_CONTENT_LENGTH', 'Content-Length already present');
        if (hasEncoding) fail('HPE_INVALID_CONTENT_LENGTH', "Content-Length can't be present with Transfer-Encoding");
        if (!/^\d+$/.test(value)) fail('HPE_INVALID_CONTENT_LENGTH', 'Invalid character in Content-Length');
        length = Number(value);
        if (!Number.isSafeInteger(length)) fail('HPE_INVALID_CONTENT_LENGTH', 'Content-Length overflow');
        break;
      }
      case 'transfer-encoding':
        if (length !== undefined) fail('HPE_INVALID_TRANSFER_ENCODING', "Transfer-Encoding can't be present with Content-Length");
        hasEncoding = true;
        isChunked = /(?:^|[\s,])chunked\s*$/i.test(value);
        break;
      case 'connection':
      case 'proxy-connection':
        for (const token of value.toLowerCase().split(',')) {
          if (token.trim() === 'close') closes = true;
          if (token.trim() === 'keep-alive') keepsAlive = true;
          if (token.trim() === 'upgrade') upgradeToken = true;
        }
        break;
      case 'upgrade':
        upgradeHeader = true;
        break;
      default:
    }
  }
  if (!isResponse && hasEncoding && !isChunked) {
    fail('HPE_INVALID_TRANSFER_ENCODING', 'Request has invalid `Transfer-Encoding`');
  }
  const hasNoBody = isResponse && (Math.trunc(status / 100) === 1 || status === 204 || status === 304);
  const upgrades = isResponse ? status === 101 : upgradeToken && upgradeHeader;
  return { length, isChunked, hasEncoding, closes, keepsAlive, hasNoBody, upgrades, isOld: version < 1.1 };
}

/** Whether the connection is good for another message. */
function keepsAlive(frame, isResponse) {
  if (frame.isOld ? !frame.keepsAlive : frame.closes) return false;
  return !isResponse || frame.hasNoBody || frame.isChunked || frame.length !== undefined;
}

Object.assign(internal, { MalformedHttp, httpFraming: framing, httpKeepsAlive: keepsAlive });
