import type { ToxicType } from '../toxic.ts';
import { bandwidth } from './bandwidth.ts';
import { corrupt } from './corrupt.ts';
import { cutAt } from './cut-at.ts';
import { hold } from './hold.ts';
import { latency } from './latency.ts';
import { limitData } from './limit-data.ts';
import { noop } from './noop.ts';
import { resetPeer } from './reset-peer.ts';
import { slicer } from './slicer.ts';
import { slowClose } from './slow-close.ts';
import { timeout } from './timeout.ts';

const ALL: readonly ToxicType[] = [
  noop,
  latency,
  bandwidth,
  slowClose,
  timeout,
  resetPeer,
  slicer,
  limitData,
  corrupt,
  cutAt,
  hold,
];

/** Every toxic by the `type` that the API knows it by. */
export const TOXIC_TYPES: ReadonlyMap<string, ToxicType> = new Map(
  ALL.map((toxic) => [toxic.type, toxic]),
);

/** The types that Toxiproxy lacks. */
export const EXTENSION_TOXICS: readonly string[] = ALL.filter((toxic) => toxic.extension).map(
  (toxic) => toxic.type,
);
