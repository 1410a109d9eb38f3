import './circle.cjs'; export const a = 1;
