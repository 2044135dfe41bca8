export { MEASUREMENTS } from './measure/index.ts';
