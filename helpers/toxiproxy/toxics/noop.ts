import { PASS, type ToxicType } from '../toxic.ts';

/** Lets everything through. */
export const noop: ToxicType = {
  type: 'noop',
  defaults: {},
  start: () => ({ chunk: () => PASS }),
};
