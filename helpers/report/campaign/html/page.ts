import { createHash } from 'node:crypto';
import { html, Markup } from './markup.ts';

export interface PageParts {
  readonly title: string;
  readonly styles: string;
  readonly body: Markup;
  /** The only script that the page may run, as its policy names it by hash; and what that works on. */
  readonly script?: { readonly text: string; readonly data: Markup };
}

/** A whole document that needs nothing but itself, and may load nothing else. */
export function page({ title, styles, body, script }: PageParts): string {
  const scripts = script === undefined ? "'none'" : `'sha256-${sha256(script.text)}'`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${scripts}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(styles)}</style>
</head>
<body>
${body}
${
  script !== undefined &&
  html`<script type="application/json" id="data">${script.data}</script>
<script>${new Markup(script.text)}</script>`
}
</body>
</html>
`.text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
