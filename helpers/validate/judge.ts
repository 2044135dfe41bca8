import { compareVersions, UNKNOWN_VERSION } from '../deployment/capabilities.ts';
import type { Driver } from '../deployment/driver.ts';
import { messageOf } from '../errors.ts';
import { askServer, type Refused, refuses, type Verdict } from './accept/ask-server.ts';
import { acceptanceFindings, isUnknown, refusalFindings } from './accept/findings.ts';
import { titleOf } from './accept/names.ts';
import { type Running, tryReplication } from './accept/try-replication.ts';
import type { Prepared } from './file/prepare.ts';
import { shownValue, withoutSecrets } from './file/secrets.ts';
import { makeSubject } from './make-subject.ts';
import type { Assumptions, Behaviour, Finding, ValidationReport } from './report.ts';
import { conflicts, notMeasured } from './rules/rules.ts';
import { settingsTold } from './settings.ts';
import type { Measurement, Subject } from './subject.ts';

interface Judging {
  readonly assumptions: Assumptions;
  readonly measurements: readonly Measurement[];
  readonly tell: (line: string) => void;
}

type Judged = Pick<ValidationReport, 'config' | 'behaviours' | 'findings' | 'leftOut'>;

/** One configuration: the server's own verdict, what contradicts itself, and what it does under faults. */
export async function judge(driver: Driver, prepared: Prepared, of: Judging): Promise<Judged> {
  of.tell('asking the server about every line');
  const verdict = await askServer(driver, prepared);
  if (!refuses(verdict)) return judgeRunning(driver, prepared, of);
  const known = verdict.ended === undefined ? await knownWithout(driver, prepared, verdict) : [];
  const { refused } = verdict;
  // What the reference does not know may well be known to the server that it stands in for.
  if (
    driver.target.isReference &&
    refused.every((one) => isUnknown(one, known)) &&
    known.length > 0
  ) {
    return judgeRunning(driver, without(prepared, refused), of);
  }
  return {
    config: configOf(prepared, named(driver)),
    behaviours: [],
    findings: refusalFindings(verdict, driver.target, known),
    leftOut: leftOutFor(
      makeSubject(driver, prepared),
      of,
      'the server does not start with this file',
    ),
  };
}

async function judgeRunning(driver: Driver, prepared: Prepared, of: Judging): Promise<Judged> {
  of.tell('a master and a replica with it');
  const running = await tryReplication(driver, prepared, of.assumptions.replicas);
  const rules = conflicts({
    settings: settingsTold(running.effective, running.product),
    written: prepared.written,
    assumptions: of.assumptions,
    server: running,
  });
  const findings = [
    ...aboutServer(driver, running),
    ...acceptanceFindings(prepared.kept, running.effective, running).filter(
      ({ id }) => id !== 'accepted' || !driver.target.isReference,
    ),
  ];
  const config = configOf(prepared, named(driver, running));
  if (running.noReplication !== undefined) {
    return {
      config,
      behaviours: [],
      findings: [...findings, ...rules, running.noReplication],
      leftOut: leftOutFor(
        makeSubject(driver, prepared),
        of,
        'no replica comes in sync with this file',
      ),
    };
  }
  const measured = await measure(driver, prepared, of);
  return {
    config,
    ...measured,
    findings: [...findings, ...notMeasured(rules, measured.findings), ...measured.findings],
  };
}

function leftOutFor(
  subject: Subject,
  { measurements, assumptions }: Judging,
  reason: string,
): Judged['leftOut'] {
  return measurements
    .filter((one) => takesTime(one, subject, assumptions))
    .map(({ what }) => ({ what, reason }));
}

/** One that takes none is not about what was asked for: nobody waits for it, nor misses it. */
function takesTime(measurement: Measurement, subject: Subject, assumptions: Assumptions): boolean {
  return measurement.estimateMs(subject, assumptions) > 0;
}

/** The same configuration without directives that the reference does not know. */
function without(prepared: Prepared, refused: readonly Refused[]): Prepared {
  const gone = new Set(refused.map(({ directive }) => directive));
  return {
    ...prepared,
    kept: prepared.kept.filter((directive) => !gone.has(directive)),
    overridden: [
      ...prepared.overridden,
      ...[...gone].map((directive) => ({
        directive: directive.name,
        from: shownValue(directive),
        to: 'not set',
        reason: 'the reference implementation does not know it',
      })),
    ],
  };
}

async function measure(
  driver: Driver,
  prepared: Prepared,
  { assumptions, measurements, tell }: Judging,
): Promise<Omit<Judged, 'config'>> {
  const subject = makeSubject(driver, prepared);
  const findings: Finding[] = [];
  const behaviours: Behaviour[] = [];
  const leftOut: { what: string; reason: string }[] = [];
  for (const measurement of measurements) {
    const { what } = measurement;
    if (takesTime(measurement, subject, assumptions)) tell(what);
    try {
      const result = await measurement.run(subject, assumptions, (line) => tell(`  ${line}`));
      findings.push(...result.findings);
      behaviours.push(...result.behaviours);
    } catch (thrown) {
      // One measurement that fails does not take the others along. What it was about is told as not known.
      const reason = withoutSecrets(messageOf(thrown), prepared.written);
      leftOut.push({ what, reason });
      tell(`  not measured: ${reason}`);
      if (driver.gone !== undefined) throw thrown;
    }
  }
  return { findings, behaviours, leftOut };
}

/** The directives that the server has, told by one that runs without the lines it refuses. */
async function knownWithout(
  driver: Driver,
  prepared: Prepared,
  { refused }: Verdict,
): Promise<string[]> {
  const { effective } = await tryReplication(driver, without(prepared, refused), 0);
  return [...effective.keys()];
}

function configOf({ path, overridden }: Prepared, server: string): Judged['config'] {
  return { path, server, overridden };
}

/** `redis 7.0.15`, by its own word where it runs. */
function named(
  { target }: Driver,
  { product, version }: Pick<Running, 'product' | 'version'> = target,
): string {
  const own = `${product} ${version}`;
  return target.isReference ? `the reference implementation (${own})` : own;
}

function aboutServer({ target }: Driver, running: Running): Finding[] {
  const told: Finding[] = [];
  if (target.isReference) {
    told.push({
      id: 'semantics-only',
      severity: 'note',
      title:
        'This was the reference implementation: the semantics of replication are validated, not the server that you run.',
      measured: [{ what: 'server', value: target.name }],
      why: 'No Redis and no Valkey was asked for or found here. Name one by --image or --server.',
    });
  }
  const expected = target.version.split('.').slice(0, 2).join('.');
  const isOther =
    target.product !== running.product ||
    compareVersions(running.version.split('.').slice(0, 2).join('.'), expected) !== 0;
  if (target.version !== UNKNOWN_VERSION && isOther) {
    told.push({
      id: 'version-mismatch',
      severity: 'risk',
      title: `The server is ${titleOf(running.product)} ${running.version}, not the ${titleOf(target.product)} ${target.version} that its name promises.`,
      measured: [
        { what: 'asked for', value: target.name },
        { what: 'INFO', value: `${running.product} ${running.version}` },
      ],
      why: 'What was validated holds for the server that ran.',
      source: 'INFO server',
    });
  }
  return told;
}
