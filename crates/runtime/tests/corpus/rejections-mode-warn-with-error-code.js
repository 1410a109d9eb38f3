// Flags: --unhandled-rejections=warn-with-error-code
require('./shared/unhandled.js');
