import { ChaosError, messageOf } from '../errors.ts';
import { visible } from '../report/campaign/visible.ts';
import type { Plan } from './plan.ts';
import { mustAgree } from './plan-file/agreement.ts';
import { Mismatch } from './plan-file/json.ts';
import { PLAN } from './plan-file/shape.ts';

const FORMAT = 1;
/** How it begins, read as text. */
const GZIP = '\u001f\ufffd';

/**
 * A plan from JSON. `source` is what errors call it: the path of the file. Throws misuse with the place in the document that is
 * not as it should be, or where its parts do not agree. What it accepts can be run; whether it is sane, `objections` tells.
 */
export function readPlan(text: string, source: string): Plan {
  return planOf(parsed(text, source), source);
}

/** The same from what JSON was parsed to: a part of another document. */
export function planOf(value: unknown, source: string): Plan {
  mustBeOurs(value, source);
  try {
    const plan = PLAN(value, '');
    mustAgree(plan);
    return plan;
  } catch (thrown) {
    if (!(thrown instanceof Mismatch)) throw thrown;
    const where = thrown.path === '' ? 'the document' : thrown.path;
    throw new ChaosError('misuse', `${source} is no plan: ${where}: ${visible(thrown.message)}`);
  }
}

function parsed(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = text.startsWith(GZIP)
      ? ', but compressed: unpack it first, as gunzip does'
      : `: ${visible(messageOf(cause)).replaceAll('\n', ' ')}`;
    throw new ChaosError('misuse', `${source} is no JSON${why}`, { cause });
  }
}

function mustBeOurs(value: unknown, source: string): void {
  const format = typeof value === 'object' && value !== null && Reflect.get(value, 'format');
  if (typeof format === 'number' && format > FORMAT) {
    throw new ChaosError(
      'misuse',
      `${source} is a plan of format ${format}; this version reads format ${FORMAT}: take the version that wrote it, or a newer one`,
    );
  }
}
