export { x as 'module.exports' } from './names-only.mjs'; export const y = 2;
