// Flags: --unhandled-rejections=warn
require('./shared/unhandled.js');
