// Flags: --unhandled-rejections=strict
require('./shared/unhandled.js');
