import type { Address } from '../deployment/address.ts';
import { fastestLook, type Question, type Sighting } from './probe.ts';

/** By question: the fastest answer that any link of this process without a fault ever gave, in milliseconds. */
const quickest = new Map<string, number>();

/**
 * What a question costs on a link before a fault, so that the fault's part can be told. The links of a
 * process lead through one Toxiproxy to one machine, so what one link could do another can. Faults in force
 * add `addedMs` at the least: an answer that took longer than these two together tells of a busy machine,
 * and must not be held against the fault. A fault that makes an answer take so long, instead of so much longer, cannot be
 * told from a busy machine: where `belowMs` is given, it is asked again, for a while, until an answer takes less.
 */
export async function baseline(
  address: Address,
  question: Question,
  addedMs: number,
  belowMs?: number,
): Promise<Sighting> {
  const seen = await fastestLook(address, question, belowMs);
  if (seen.outcome !== 'answered') return seen;
  const how = address.tls === undefined ? '' : ' over TLS';
  const key = `${question.answerBytes} bytes for ${question.request.length}${how}`;
  const known = quickest.get(key) ?? Number.POSITIVE_INFINITY;
  if (addedMs === 0) quickest.set(key, Math.min(known, seen.afterMs));
  return { ...seen, afterMs: Math.min(seen.afterMs, known + addedMs) };
}
