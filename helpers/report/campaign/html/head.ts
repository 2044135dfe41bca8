import type { RunVerdict } from '../../../campaign/record.ts';
import { VERDICT_WORDS } from '../reported-run.ts';
import { type Child, html, type Markup } from './markup.ts';

/** The top of a page: the verdict, big and in words, one sentence why, the facts, and how to run it again. */
export function head(parts: {
  readonly kicker: string;
  readonly verdict: RunVerdict;
  readonly why: string;
  readonly facts: readonly (readonly [name: string, value: Child] | false)[];
  readonly replay?: string;
}): Markup {
  const { sign, title, means } = VERDICT_WORDS[parts.verdict];
  const { replay } = parts;
  return html`<header class="verdict tone-${parts.verdict}"><div class="verdict-inner">
<p class="kicker">${parts.kicker}</p>
<h1 title="${means}"><span aria-hidden="true">${sign}</span> ${title}</h1>
<p class="why">${parts.why}</p>
<dl class="facts">${parts.facts
    .filter((fact) => fact !== false)
    .map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${
  replay !== undefined &&
  html`<p class="replay"><span class="prompt" aria-hidden="true">$</span><code id="replay" title="Runs the same plan again">${replay}</code><button type="button" class="copy" hidden>Copy</button></p>`
}
</div></header>`;
}

/** A number that matters, with what it is. */
export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note?: string | undefined;
  readonly bad?: boolean;
}

export function tiles(all: readonly Tile[]): Markup {
  return html`<dl class="tiles">${all.map(
    ({ name, value, note, bad }) =>
      html`<div class="tile${bad === true && ' bad'}"><dt>${name}</dt><dd>${value}${note !== undefined && html`<small>${note}</small>`}</dd></div>`,
  )}</dl>`;
}
