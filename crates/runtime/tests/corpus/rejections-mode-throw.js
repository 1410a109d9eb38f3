// Flags: --unhandled-rejections=throw
require('./shared/unhandled.js');
