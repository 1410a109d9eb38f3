// Flags: --unhandled-rejections=none
require('./shared/unhandled.js');
