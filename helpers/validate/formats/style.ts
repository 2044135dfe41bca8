/** The sheet of the page: quiet, legible, in the reader's light or dark, on a phone and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1f2430, #e4e6eb);
  --quiet: light-dark(#626a78, #9aa3b2);
  --paper: light-dark(#fbfaf8, #16181d);
  --card: light-dark(#ffffff, #1e2128);
  --line: light-dark(#e5e2dc, #31353e);
  --broken: light-dark(#b3261e, #f2827a);
  --risk: light-dark(#9a5b00, #e9b060);
  --note: light-dark(#2f5f9e, #8db8ee);
  --ok: light-dark(#2d6a46, #7fc79c);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 54rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; overflow-wrap: anywhere; }
header { border-left: 4px solid var(--tone); padding-left: 1.25rem; }
h1 { font-size: 1.7rem; line-height: 1.25; font-weight: 600; margin: .2rem 0 .6rem; }
h2 { font-size: .85rem; letter-spacing: .06em; text-transform: uppercase; color: var(--quiet); font-weight: 600; margin: 2.5rem 0 .75rem; }
header p { margin: 0; color: var(--quiet); }
.path { font-family: ui-monospace, monospace; font-size: .9rem; }
.broken { --tone: var(--broken); }
.risk { --tone: var(--risk); }
.note { --tone: var(--note); }
.ok { --tone: var(--ok); }
.regression { --tone: var(--broken); }
.improvement { --tone: var(--ok); }
.changed { --tone: var(--note); }
.none { --tone: var(--quiet); }
.counts { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; padding: 0; margin: .9rem 0 0; color: var(--tone); }
.counts li { color: var(--tone); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .55rem .75rem .55rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 500; font-size: .85rem; }
tbody th { font-weight: 400; }
td { min-width: 6rem; overflow-wrap: break-word; }
.change { color: var(--tone); white-space: nowrap; font-weight: 600; }
.none .change { font-weight: 400; }
details { background: var(--card); border: 1px solid var(--line); border-left: 3px solid var(--tone, var(--line)); border-radius: 6px; padding: .7rem 1rem; margin: 0 0 .6rem; }
summary { cursor: pointer; }
details[open] > summary { margin-bottom: .5rem; }
.mark { color: var(--tone); font-weight: 600; margin-right: .4rem; }
.measured { margin: .25rem 0; padding-left: 1.1rem; color: var(--quiet); white-space: pre-wrap; font-variant-numeric: tabular-nums; }
details p { margin: .5rem 0 0; }
cite { color: var(--quiet); font-style: normal; font-size: .85rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; background: light-dark(#f2f0ec, #262a33); border-radius: 4px; padding: .1em .35em; }
.remedy::before { content: "instead: "; color: var(--quiet); }
.id { color: var(--quiet); font: .78rem ui-monospace, monospace; }
footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem; }
@media (max-width: 36rem) {
  main { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.35rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: flex; flex-wrap: wrap; gap: 0 .5rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  th, td { border: 0; padding: .1rem 0; min-width: 0; }
  tbody th { flex: 0 0 100%; }
  td[data-head=after]::before { content: "→ "; color: var(--quiet); }
  .change { margin-left: auto; }
}
@media print {
  :root { color-scheme: light; }
  body { background: none; font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2 { margin-top: 1.5rem; break-after: avoid; }
  tr, details { break-inside: avoid; }
  th, td { padding-block: .3rem; }
  details { padding: .4rem .8rem; }
  summary { list-style: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
