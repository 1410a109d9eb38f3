'use strict';

var _jestMatchersObject = require('./jestMatchersObject');
