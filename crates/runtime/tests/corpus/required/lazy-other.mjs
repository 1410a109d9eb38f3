export { later } from './lazy.mjs'; export const other = 2;
