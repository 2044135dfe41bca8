import type { Versioned } from '../../deployment/capabilities.ts';
import { type Directive, placeOf } from '../file/parse.ts';
import { shownValue } from '../file/secrets.ts';
import type { Finding } from '../report.ts';
import type { Effective } from '../subject.ts';
import type { Refused, Verdict } from './ask-server.ts';
import { changedValues, ignoredDirectives, placesOf, setTwice } from './effective.ts';
import { renamedIn, titleOf, whyUnknown } from './names.ts';

/** What servers say to names that they do not know, and to values in the wrong number. */
const NOT_KNOWN = /Bad directive or wrong number of arguments|^Module Configuration detected/;
const OWN_WORD = 'the server’s own word';

/** Findings about what does not let a server start. `known` are the directives that it has, as far as they could be asked. */
export function refusalFindings(
  { refused, ended }: Verdict,
  server: Versioned,
  known: readonly string[],
): Finding[] {
  const exits: Finding[] =
    ended === undefined
      ? []
      : [
          {
            id: 'server-exits',
            severity: 'broken',
            title: 'The server does not come up with this file.',
            measured: [{ what: 'the last it said', value: ended }],
            why: 'A server that is restarted with this file does not come back.',
            source: OWN_WORD,
          },
        ];
  return [...refused.map((one) => refusalFinding(one, server, known)), ...exits];
}

/** Refused by its name, not by its value. */
export function isUnknown({ directive, words }: Refused, known: readonly string[]): boolean {
  return NOT_KNOWN.test(words) && !known.includes(directive.name);
}

function refusalFinding(
  { directive, words }: Refused,
  server: Versioned,
  known: readonly string[],
): Finding {
  const { name } = directive;
  const measured = [
    { what: placeOf(directive), value: `${name} ${shownValue(directive)}` },
    { what: 'the server', value: words },
  ];
  if (isUnknown({ directive, words }, known)) {
    return {
      id: 'unknown-directive',
      severity: 'broken',
      title: `${name} is unknown to this server, which does not start with it: ${whyUnknown(name, server, known).replace(/[^?]$/, '$&.')}`,
      measured,
      why: `${titleOf(server.product)} ${server.version} ends at the first directive that it does not know.`,
      source: OWN_WORD,
    };
  }
  return {
    id: 'refused-directive',
    severity: 'broken',
    title: `The server refuses ${name}, and does not start with it.`,
    measured,
    why: 'A server ends at the first value that it cannot take.',
    source: OWN_WORD,
  };
}

/** Findings about what a server takes, and makes something else of. */
export function acceptanceFindings(
  kept: readonly Directive[],
  effective: Effective,
  server: Versioned,
): Finding[] {
  return [
    acceptedFinding(kept, server),
    ...changedValues(kept, effective).map(({ directive, effective: told }) =>
      changedFinding(directive, told),
    ),
    ...ignoredDirectives(kept, effective).map(ignoredFinding),
    ...setTwice(kept).map(twiceFinding),
    ...oldNames(kept, server),
  ];
}

function acceptedFinding({ length }: readonly Directive[], server: Versioned): Finding {
  return {
    id: 'accepted',
    severity: 'ok',
    title: `${titleOf(server.product)} ${server.version} starts with this file, and takes every directive of it.`,
    measured: [{ what: 'directives', value: length }],
    why: 'Every line was given to the server; what had to be another for the test is listed.',
    source: OWN_WORD,
  };
}

function changedFinding(directive: Directive, told: string): Finding {
  const { name } = directive;
  const byMachine = name === 'maxclients';
  return {
    id: 'changed-value',
    severity: 'note',
    title: `${name} holds as ${told === '' ? '""' : told}, not as written.`,
    measured: [
      { what: placeOf(directive), value: shownValue(directive) },
      { what: 'CONFIG GET', value: told },
    ],
    why: byMachine
      ? 'The server lowers it to what the limit of open files allows: here that is the limit of the machine of the test.'
      : 'The server takes the value and holds another, without ending.',
    source: OWN_WORD,
    ...(told !== '' && { remedy: { directive: name, value: told } }),
  };
}

function ignoredFinding(directive: Directive): Finding {
  return {
    id: 'ignored-directive',
    severity: 'note',
    title: `${directive.name} does nothing: the server takes the line and has no such setting.`,
    measured: [{ what: placeOf(directive), value: shownValue(directive) }],
    why: 'Servers go on to accept some directives of older versions, so that old files load; CONFIG GET does not know them.',
    source: OWN_WORD,
  };
}

function twiceFinding(directives: readonly Directive[]): Finding {
  const values = new Set(directives.map(({ args }) => args.join(' ').toLowerCase()));
  const [first] = directives;
  const last = directives.at(-1);
  return {
    id: 'set-twice',
    severity: values.size === 1 ? 'note' : 'risk',
    title:
      values.size === 1
        ? `${first?.name} is set ${directives.length} times, to the same.`
        : `${first?.name} is set ${directives.length} times, and only the last line counts.`,
    measured: directives.map((one) => ({ what: placeOf(one), value: shownValue(one) })),
    why: `The later line wins without a word, wherever includes have put it: ${placesOf(directives)}.`,
    source: 'src/config.c loadServerConfigFromString',
    ...(last && { remedy: { directive: last.name, value: `${shownValue(last)}, once` } }),
  };
}

function oldNames(kept: readonly Directive[], server: Versioned): Finding[] {
  return kept.flatMap((directive) => {
    const renamed = renamedIn(directive.name, server);
    if (renamed === undefined) return [];
    return [
      {
        id: 'old-name',
        severity: 'note',
        title: `${directive.name} is the old name of ${renamed.now}.`,
        measured: [{ what: placeOf(directive), value: shownValue(directive) }],
        why: `It still counts; the new name is there since ${renamed.since}, and CONFIG REWRITE writes it.`,
        source: `redis.conf of ${renamed.since}`,
        remedy: { directive: renamed.now, value: shownValue(directive) },
      } as const,
    ];
  });
}
