import { value } from './required/outer.mjs';
import { later } from './required/lazy.mjs';
console.log(value, later);
