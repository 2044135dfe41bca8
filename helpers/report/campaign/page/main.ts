import type uPlot from 'uplot';
import type { Chart } from '../curves.ts';
import { browser, type Element, type PointerLike } from './browser.ts';
import { plotOf } from './plots.ts';
import { ticksOf } from './ticks.ts';
import { STEPS, type View, viewWords } from './view.ts';

/**
 * What a report does in a browser: it draws the curves, and one part of the axis is chosen in all lanes and curves at once.
 * Without it, the page still tells everything but the curves.
 */

/** As the report's author writes it into the page. */
export interface PageData {
  readonly lengthMs: number;
  readonly charts: readonly Chart[];
}

/** How much of the axis is shown around a moment that one asks for. */
const AROUND_MS = 10_000;

/** Charts that the reader has not opened are not drawn. */
const FOLDED = 'details:not([open])';
/** From here on, marks that stood too close for words have room. */
const ZOOMED = 8;

/** What a sheet of A4 or Letter holds, as the style sheet for print has it: it is drawn before the page is laid out for paper. */
const PAPER_PX = 690;

const { document } = browser;
const root = document.documentElement;
const timeline = need(document.querySelector('#timeline'));
const track = need(timeline.querySelector('.track'));
const ticks = need(timeline.querySelector('.ticks'));
const readout = need(timeline.querySelector('.readout'));
const chosen = need(timeline.querySelector('.chosen'));
const tools = need(timeline.querySelector('.tools'));
const shown = need(tools.querySelector('output'));
const data = JSON.parse(need(document.querySelector('#data')).textContent) as PageData;

let view: View = { fromMs: 0, toMs: data.lengthMs };
let plots: uPlot[] = [];
let drawnWidth = 0;

function need(element: Element | null): Element {
  if (element === null) throw new Error('the page lacks a part that its script needs');
  return element;
}

function draw(widthPx = timeline.clientWidth): void {
  for (const plot of plots) plot.destroy();
  drawnWidth = timeline.clientWidth;
  const gutterPx = track.getBoundingClientRect().left - timeline.getBoundingClientRect().left;
  const listeners = { onView: show, onCursor: point, onWhole: showWhole };
  plots = [...document.querySelectorAll('[data-chart]')].flatMap((into) => {
    const chart = data.charts[Number(into.dataset['chart'])];
    return chart === undefined || into.closest(FOLDED) !== null
      ? []
      : [plotOf(chart, into, { widthPx, gutterPx }, view, listeners)];
  });
  showTicks();
}

function showTicks(): void {
  const { fromMs, toMs } = view;
  const marks = ticksOf(fromMs, toMs, track.clientWidth / 90).map(({ atMs, label }) => {
    const tick = document.createElement('span');
    tick.className = 'tick';
    tick.textContent = label;
    tick.style.setProperty('--a', String((atMs / data.lengthMs) * 100));
    return tick;
  });
  ticks.replaceChildren(...marks);
}

/** Shows a part of the axis, everywhere. */
function show(fromMs: number, toMs: number): void {
  const min = Math.max(0, fromMs);
  const max = Math.min(data.lengthMs, toMs);
  if (max - min < 1) return;
  view = { fromMs: min, toMs: max };
  timeline.style.setProperty('--from', String((min / data.lengthMs) * 100));
  timeline.style.setProperty('--zoom', String(data.lengthMs / (max - min)));
  timeline.classList.toggle('zoomed', data.lengthMs / (max - min) >= ZOOMED);
  for (const plot of plots) plot.setScale('x', { min, max });
  shown.textContent = viewWords(view, data.lengthMs);
  showTicks();
}

function showWhole(): void {
  show(0, data.lengthMs);
}

function point(atMs: number | undefined): void {
  timeline.classList.toggle('pointing', atMs !== undefined);
  if (atMs === undefined) return;
  timeline.style.setProperty('--cursor', String((atMs / data.lengthMs) * 100));
  readout.textContent = `${(atMs / 1_000).toFixed(2)} s`;
}

function momentOf({ clientX }: PointerLike): number {
  const { left, width } = track.getBoundingClientRect();
  const part = Math.min(1, Math.max(0, (clientX - left) / width));
  return view.fromMs + part * (view.toMs - view.fromMs);
}

function followPointer(lanes: Element): void {
  let pressedAtMs: number | undefined;
  lanes.addEventListener('pointermove', (event) => {
    const atMs = momentOf(event);
    point(atMs);
    if (pressedAtMs === undefined) return;
    const percent = (ms: number) => String((ms / data.lengthMs) * 100);
    chosen.hidden = false;
    chosen.style.setProperty('--a', percent(Math.min(pressedAtMs, atMs)));
    chosen.style.setProperty('--w', percent(Math.abs(pressedAtMs - atMs)));
  });
  lanes.addEventListener('pointerleave', () => point(undefined));
  lanes.addEventListener('mousedown', (event) => {
    if (event.button !== 0) return;
    pressedAtMs = momentOf(event);
    event.preventDefault();
  });
  browser.addEventListener('mouseup', (event) => {
    if (pressedAtMs === undefined) return;
    chosen.hidden = true;
    const releasedAtMs = momentOf(event);
    const chosenMs = Math.abs(releasedAtMs - pressedAtMs);
    // A click is no choice of a part.
    if (chosenMs > (view.toMs - view.fromMs) / 100) {
      show(Math.min(pressedAtMs, releasedAtMs), Math.max(pressedAtMs, releasedAtMs));
    }
    pressedAtMs = undefined;
  });
  lanes.addEventListener('dblclick', showWhole);
}

function offerSteps(): void {
  tools.hidden = false;
  shown.textContent = viewWords(view, data.lengthMs);
  for (const button of document.querySelectorAll('[data-step]')) {
    const step = STEPS[button.dataset['step'] ?? ''];
    button.addEventListener('click', () => {
      const next = step?.(view, data.lengthMs) ?? view;
      show(next.fromMs, next.toMs);
    });
  }
}

function offerCopy(button: Element): void {
  const command = need(document.querySelector('#replay'));
  button.hidden = false;
  button.addEventListener('click', () => {
    // Selected it can be copied by a key where a page may do nothing of the kind.
    browser.getSelection().selectAllChildren(command);
    void copied(command.textContent).then((isCopied) => {
      button.textContent = isCopied ? 'Copied' : 'Selected';
    });
  });
}

/** Whether a text, which is selected, could be copied. Pages from afar without TLS have no clipboard, or may not use it. */
async function copied(text: string): Promise<boolean> {
  try {
    if (browser.navigator.clipboard === undefined) return document.execCommand('copy');
    await browser.navigator.clipboard.writeText(text);
    return true;
  } catch {
    return document.execCommand('copy');
  }
}

followPointer(need(timeline.querySelector('.lanes')));
offerSteps();
offerCopy(need(document.querySelector('.copy')));
for (const button of document.querySelectorAll('[data-moment]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const atMs = Number(button.dataset['moment']);
    show(atMs - AROUND_MS, atMs + AROUND_MS);
    timeline.scrollIntoView({ block: 'start', behavior: 'smooth' });
  });
}
for (const details of document.querySelectorAll('details.charts')) {
  details.addEventListener('toggle', () => draw());
}
browser.addEventListener('resize', () => {
  if (timeline.clientWidth !== drawnWidth) browser.requestAnimationFrame(() => draw());
});
browser.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => draw());
for (const [event, printing] of [
  ['beforeprint', true],
  ['afterprint', false],
] as const) {
  browser.addEventListener(event, () => {
    root.classList.toggle('printing', printing);
    draw(printing ? PAPER_PX : undefined);
  });
}
root.classList.toggle('scripted', true);
draw();
