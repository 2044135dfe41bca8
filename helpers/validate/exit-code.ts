import { ChaosError } from '../errors.ts';
import type { ValidationReport } from './report.ts';

export const FAIL_ON = ['regression', 'risk', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** What the command ends with. */
export const EXIT = {
  /** Nothing that it was to fail on. */
  fine: 0,
  /** A risk, something broken, or a regression, as `--fail-on` has it. */
  found: 1,
  /** What was asked for cannot be validated: arguments, files, syntax, a cluster. */
  misuse: 2,
  /** The machine could not: no such server, a dead engine, no openssl. Nothing is said of the configuration. */
  environment: 3,
} as const;

export function exitCodeOf({ findings, behaviours }: ValidationReport, failOn: FailOn): number {
  const fails =
    failOn === 'regression'
      ? behaviours.some(({ change }) => change === 'regression')
      : failOn === 'risk' &&
        findings.some(({ severity }) => severity === 'risk' || severity === 'broken');
  return fails ? EXIT.found : EXIT.fine;
}

export function exitCodeOfFailure(thrown: unknown): number {
  const isMisuse = thrown instanceof ChaosError && thrown.verdict === 'misuse';
  return isMisuse ? EXIT.misuse : EXIT.environment;
}
