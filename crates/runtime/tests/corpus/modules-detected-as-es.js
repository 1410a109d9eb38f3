import { named } from './lib/m.mjs';
console.log(named, typeof require, await Promise.resolve('top-level await'));
export {};
