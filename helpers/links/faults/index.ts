export { bandwidth } from './bandwidth.ts';
export { cut } from './cut.ts';
export { halfOpen } from './half-open.ts';
export { latency } from './latency.ts';
export { limitData } from './limit-data.ts';
export { reset } from './reset.ts';
export { slices } from './slices.ts';
export { slowClose } from './slow-close.ts';
