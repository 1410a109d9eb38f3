export { v as value } from './mid.cjs';
