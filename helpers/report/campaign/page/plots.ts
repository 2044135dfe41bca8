import uPlot from 'uplot';
import type { Chart } from '../curves.ts';
import { bytes, count } from '../units.ts';
import { browser, type Element } from './browser.ts';
import { ticksOf } from './ticks.ts';

const HEIGHT = 168;
/** Beside its colour every curve has a dash of its own. */
const DASHES = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 2], [1, 3], [12, 4], [6, 2, 1, 2]];

/** Round numbers of bytes are powers of two. */
const BINARY_STEPS = Array.from({ length: 48 }, (_, exponent) => 2 ** exponent);

export interface PlotListeners {
  /** The reader has chosen a part of the axis, or moved the cursor to a moment of it. Milliseconds. */
  readonly onView: (fromMs: number, toMs: number) => void;
  readonly onCursor: (atMs: number | undefined) => void;
  /** The reader wants to see all of it again. */
  readonly onWhole: () => void;
}

/** A chart in an element; its axis begins after the gutter, where the lanes do. */
export function plotOf(
  chart: Chart,
  into: Element,
  { widthPx, gutterPx }: { readonly widthPx: number; readonly gutterPx: number },
  view: { readonly fromMs: number; readonly toMs: number },
  { onView, onCursor, onWhole }: PlotListeners,
): uPlot {
  const colour = (name: string) =>
    browser.getComputedStyle(browser.document.documentElement).getPropertyValue(name).trim();
  const ink = colour('--muted');
  const line = { stroke: colour('--line'), width: 1 };
  const font = '11px system-ui, sans-serif';
  const options: uPlot.Options = {
    width: widthPx,
    height: HEIGHT,
    padding: [8, 0, 0, 0],
    scales: {
      x: { time: false, min: view.fromMs, max: view.toMs },
      y: chart.scale === 'log' ? { distr: 3 } : { range: { min: { pad: 0 }, max: { pad: 0.1 } } },
    },
    axes: [
      {
        stroke: ink,
        font,
        grid: line,
        ticks: { show: false },
        size: 24,
        splits: (_plot, _axis, from, to) => ticksOf(from, to, widthPx / 90).map(({ atMs }) => atMs),
        values: ({ scales: { x } }) =>
          ticksOf(x?.min ?? 0, x?.max ?? 0, widthPx / 90).map(({ label }) => label),
      },
      {
        stroke: ink,
        font,
        grid: line,
        ticks: { show: false },
        size: gutterPx,
        gap: 4,
        ...(chart.unit === 'bytes' ? { incrs: BINARY_STEPS } : {}),
        values: (_plot, splits) =>
          splits.map((value) => (value === null ? '' : axisLabel(value, chart.unit))),
      },
    ],
    series: [
      {
        label: 'at',
        value: (_plot, atMs) => (atMs === null ? '–' : `${(atMs / 1_000).toFixed(2)} s`),
      },
      ...chart.curves.map(
        ({ name, colour: number }): uPlot.Series => ({
          label: name,
          stroke: colour(`--curve-${number + 1}`),
          width: 1.5,
          dash: DASHES[number] ?? [],
          points: { show: false },
          value: (_plot, value) => (value === null ? '–' : valueLabel(value, chart.unit)),
        }),
      ),
    ],
    cursor: { sync: { key: 'run' }, drag: { x: true, y: false, setScale: false }, y: false },
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 4) return;
          onView(
            plot.posToVal(plot.select.left, 'x'),
            plot.posToVal(plot.select.left + plot.select.width, 'x'),
          );
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [
        ({ cursor: { left = -1 }, posToVal }) =>
          onCursor(left < 0 ? undefined : posToVal(left, 'x')),
      ],
    },
  };
  const plot = new uPlot(
    options,
    [[...chart.atMs], ...chart.curves.map(({ values }) => [...values])],
    into,
  );
  plot.over.addEventListener('dblclick', onWhole);
  return plot;
}

function axisLabel(value: number, unit: Chart['unit']): string {
  if (unit === 'bytes') return bytes(value, 1_024);
  if (unit === 'ms') return value >= 1_000 ? `${value / 1_000} s` : `${value} ms`;
  return unit === 'per second' ? `${count(value)}/s` : count(value);
}

function valueLabel(value: number, unit: Chart['unit']): string {
  if (unit === 'bytes') return `${count(value)} B`;
  return unit === 'ms' ? `${value} ms` : axisLabel(value, unit);
}
