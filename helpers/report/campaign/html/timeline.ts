import type { Finding, Operation, RunEvent } from '../../../campaign/record.ts';
import { type Axis, percentOf } from '../axis.ts';
import type { Chart } from '../curves.ts';
import { type Bar, type Lane, lanesOf, type Mark, moment } from '../lanes.ts';
import { ticksOf } from '../page/ticks.ts';
import type { ReportedRun } from '../reported-run.ts';
import { count } from '../units.ts';
import { html, type Markup } from './markup.ts';

/** Findings that are marked on the axis; the list has them all. */
const MOST_MARKS = 60;
/** A lane with more marks than that has no room for words beside them. */
const MOST_LABELS = 14;

const SIGNS: Partial<Readonly<Record<Mark['look'], string>>> = {
  ended: '×',
  started: '▸',
  promoted: '★',
  demoted: '☆',
};

/**
 * Everything over one time axis: findings, phases, a lane for each node and link, and places for the curves. Positions are
 * percent of the axis in custom properties, so that it stands without a script, and a script chooses a part by two numbers.
 */
export function timeline(
  run: ReportedRun,
  findings: readonly Finding[],
  axis: Axis,
  charts: readonly Chart[],
  lost: readonly Operation[],
): Markup {
  const lanes = lanesOf(run.record, axis);
  const marked = findings
    .map((finding, index) => ({ ...finding, number: index + 1 }))
    .flatMap(({ atMs, ...rest }) => (atMs === undefined ? [] : [{ atMs, ...rest }]))
    .slice(0, MOST_MARKS);
  const main = charts.filter(({ title }) => !ASIDE.includes(title));
  const aside = charts.filter(({ title }) => ASIDE.includes(title));
  const place = (chart: Chart) => chartPlace(chart, charts.indexOf(chart));
  return html`<section class="timeline" id="timeline" style="--from:0;--zoom:1;--cursor:0" aria-labelledby="timeline-title">
<h2 id="timeline-title">What happened when</h2>
${legend(lanes)}
<p class="about-axis"><small>Seconds since the deployment was ready, at ${moment(axis, axis.readyAtMs).replace(/^.*\((.*)\)$/, '$1')}. Point at anything for its exact times<span class="scripted-only">; drag over a part to see it larger, double-click to see all</span>.</small></p>
${TOOLS}
<div class="lanes">
<div class="ticks-row"><span></span><div class="track ticks">${ticksOf(0, axis.lengthMs, 10).map(
    ({ atMs, label }) =>
      html`<span class="tick" style="--a:${percentOf(axis, axis.readyAtMs + atMs)}">${label}</span>`,
  )}</div></div>
${
  marked.length > 0 &&
  html`<div class="lane"><h3 class="lane-name">Findings</h3><div class="track overhanging"><div class="row">${marked.map(
    ({ atMs, number, verdict, text }) =>
      html`<a class="finding-mark tone-${verdict}" href="#finding-${number}" style="--a:${percentOf(axis, atMs)}" title="${verdict}: ${text}
${moment(axis, atMs)}">${number}</a>`,
  )}</div></div></div>`
}
${lostLane(lost, axis)}
${phases(run.record.events, axis)}
<p class="group">Nodes</p>
${lanes.filter(({ kind }) => kind === 'node').map((lane) => laneMarkup(lane, aboutNode(run, lane.name)))}
<p class="group">Links</p>
${lanes.filter(({ kind }) => kind === 'link').map((lane) => laneMarkup(lane, undefined))}
<div class="guides" aria-hidden="true">${marked.map(
    ({ atMs, verdict }) =>
      html`<i class="guide tone-${verdict}" style="--a:${percentOf(axis, atMs)}"></i>`,
  )}<i class="chosen" hidden></i><i class="guide cursor"><span class="readout"></span></i></div>
</div>
${charts.length > 0 && html`<p class="unscripted">The curves are drawn by a script, which did not run here. Lanes and tables are whole without it.</p>`}
${main.map(place)}
${
  aside.length > 0 &&
  html`<details class="charts"><summary>Curves of memory, clients and file descriptors</summary>${aside.map(place)}</details>`
}
</section>`;
}

/** For those who do not drag: by touch, by keys. The page's script shows them, and knows them by their names. */
const TOOLS = html`<div class="tools" role="group" aria-label="Part of the run that is shown" hidden>
<button type="button" data-step="earlier" aria-label="Earlier" title="Earlier">◂</button><button type="button" data-step="later" aria-label="Later" title="Later">▸</button>
<button type="button" data-step="out" aria-label="Zoom out" title="Zoom out">−</button><button type="button" data-step="in" aria-label="Zoom in" title="Zoom in">+</button>
<button type="button" data-step="whole">Whole run</button><output class="muted"></output></div>`;

const ASIDE: readonly string[] = ['Memory', 'Clients', 'File descriptors'];

function chartPlace({ title, note, curves }: Chart, index: number): Markup {
  return html`<figure class="chart" aria-label="${title}: ${curves.map(({ name }) => name).join(', ')}"><figcaption><strong>${title}</strong><small>${note}</small></figcaption><div class="plot" data-chart="${index}"></div></figure>`;
}

function aboutNode({ record }: ReportedRun, name: string): string | undefined {
  return record.head.servers[name];
}

function laneMarkup(lane: Lane, about: string | undefined): Markup {
  const { kind, name, faults, states, marks } = lane;
  const dense = marks.length > MOST_LABELS && ' dense';
  const markRow = html`${marks.map(markMarkup)}`;
  return html`<div class="lane"><h3 class="lane-name">${name}${about !== undefined && html` <small>${about}</small>`}</h3><div class="track">
${faults.map((row) => html`<div class="row">${row.map(barMarkup)}</div>`)}
${
  kind === 'node'
    ? html`<div class="row states${dense}">${states.map(barMarkup)}${markRow}</div>`
    : html`<div class="row link-states">${states.map(barMarkup)}</div>${marks.length > 0 && html`<div class="row${dense}">${markRow}</div>`}`
}
</div></div>
`;
}

function barMarkup({ from, width, look, label, title }: Bar): Markup {
  return html`<span class="bar ${look}" style="--a:${from};--w:${width}" title="${title}"><span>${label}</span></span>`;
}

function markMarkup({ at, look, label, title }: Mark): Markup {
  const sign = SIGNS[look];
  return sign === undefined
    ? html`<span class="mark ${look}" style="--a:${at}" title="${title}" role="img" aria-label="${title}"><span class="beside">${label}</span></span>`
    : html`<span class="mark sign" style="--a:${at}" title="${title}" role="img" aria-label="${title}">${sign}</span>`;
}

/** A line for each, or for all of a thousandth of the axis: more could not be told apart. */
function lostLane(lost: readonly Operation[], axis: Axis): Markup | false {
  if (lost.length === 0) return false;
  const places = Map.groupBy(lost, ({ invokedAtMs }) => {
    return Math.round(percentOf(axis, invokedAtMs) * 10) / 10;
  });
  const lines = [...places].map(([place, some]) => {
    const [{ invokedAtMs, value } = { invokedAtMs: 0, value: '' }] = some;
    const others = some.length > 1 ? ` and ${some.length - 1} more` : '';
    return html`<span class="bar lost" style="--a:${place};--w:0" title="lost: append of ${String(value)}${others}
asked at ${moment(axis, invokedAtMs)}"></span>`;
  });
  return html`<div class="lane"><h3 class="lane-name">Lost appends <small>${count(lost.length)} acknowledged</small></h3><div class="track"><div class="row">${lines}</div></div></div>`;
}

const PHASES = {
  chaos: 'chaos',
  healing: 'healing',
  converged: 'converged',
  over: 'over',
} as const;

function phases(events: readonly RunEvent[], axis: Axis): Markup | false {
  const begun = events.filter((event) => event.what === 'phase');
  if (begun.length === 0) return false;
  const bands = begun.map((event, index) => {
    const from = percentOf(axis, event.atMs);
    const to = percentOf(axis, begun[index + 1]?.atMs ?? axis.readyAtMs + axis.lengthMs);
    return html`<span class="band" style="--a:${from};--w:${Math.max(0, to - from)}" title="${PHASES[event.phase]}
from ${moment(axis, event.atMs)}"><span>${PHASES[event.phase]}</span></span>`;
  });
  return html`<div class="lane"><h3 class="lane-name">Phase</h3><div class="track"><div class="row">${bands}</div></div></div>`;
}

const LOOKS: readonly (readonly [look: string, words: string])[] = [
  ['fault-link', 'fault on a link'],
  ['fault-node', 'fault on a node'],
  ['master', 'master'],
  ['replica', 'replica'],
  ['loading', 'loading'],
  ['silent', 'silent'],
  ['paused', 'paused'],
  ['ended', 'ended'],
  ['up', 'link up'],
  ['down', 'link down'],
  ['syncing', 'full resync in progress'],
];

const MARKS: readonly (readonly [look: Mark['look'], words: string])[] = [
  ['full', 'full resync'],
  ['partial', 'partial resync, with its bytes'],
  ['objected', 'resync that the model objects to'],
  ['ended', 'process ended'],
  ['started', 'started'],
  ['promoted', 'promoted'],
  ['demoted', 'demoted'],
];

/** Of what the lanes have, nothing else. */
function legend(lanes: readonly Lane[]): Markup {
  const bars = new Set(
    lanes.flatMap(({ faults, states }) => [...faults.flat(), ...states]).map(({ look }) => look),
  );
  const marks = new Set(lanes.flatMap((lane) => lane.marks).map(({ look }) => look));
  return html`<ul class="legend" aria-label="Legend">${LOOKS.filter(([look]) => bars.has(look)).map(
    ([look, words]) =>
      html`<li><span class="swatch ${look}" aria-hidden="true"></span>${words}</li>`,
  )}${MARKS.filter(([look]) => marks.has(look)).map(
    ([look, words]) =>
      html`<li><span class="mark ${SIGNS[look] === undefined ? look : 'sign'}" aria-hidden="true">${SIGNS[look]}</span>${words}</li>`,
  )}</ul>`;
}
