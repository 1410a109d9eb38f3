import './awaits.mjs'; export const q = 1;
