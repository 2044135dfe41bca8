import { RARE_STATES, type RareState } from '../../../campaign/record.ts';
import { count, counted } from '../units.ts';
import { type Child, html, type Markup } from './markup.ts';

/** A table whose first column heads its rows. A row's numbers are set to the right. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Child[])[],
): Markup {
  if (rows.length === 0) return html`<p class="muted">${caption}: none.</p>`;
  return html`<div class="scroll"><table class="table"><caption>${caption}</caption>
<thead><tr>${columns.map((column, at) => html`<th scope="col"${at > 0 && rows.every((row) => typeof row[at] === 'number') && html` class="number"`}>${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) =>
        typeof cell === 'number'
          ? html`<td class="number">${count(cell)}</td>`
          : html`<td class="words">${cell}</td>`,
      )}</tr>
`,
  )}</tbody></table></div>`;
}

/** Named counts, the highest first. */
export function countTable(
  caption: string,
  what: string,
  counts: Readonly<Record<string, number>>,
): Markup {
  const rows = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  return table(caption, [what, 'times'], rows);
}

/** All rare states, those that were never reached after the others and told so. */
export function rareStateTable(counts: Readonly<Record<RareState, number>>): Markup {
  const reached = RARE_STATES.filter((state) => counts[state] > 0);
  const never = RARE_STATES.filter((state) => !(counts[state] > 0));
  return html`${table(
    `Reached: ${reached.length} of ${counted(RARE_STATES.length, 'rare state')}`,
    ['state', 'times'],
    reached.toSorted((a, b) => counts[b] - counts[a]).map((state) => [state, counts[state]]),
  )}
${never.length > 0 && html`<p class="never">Never reached: ${never.join('; ')}.</p>`}`;
}
