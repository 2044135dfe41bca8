import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escaped, html, scriptJson } from './markup.ts';

test('values are escaped, markup is not, lists are joined, and what is false or absent is nothing', () => {
  const item = html`<li>${'<b>'}</li>`;
  expect(html`<ul title="${'"\'&'}">${[item, item]}${false}${undefined}${0}</ul>`.text).toBe(
    '<ul title="&quot;&#39;&amp;"><li>&lt;b&gt;</li><li>&lt;b&gt;</li>0</ul>',
  );
});

test('nothing that a text holds is left that could end an element, an attribute or a line unseen', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escaped(text)).not.toMatch(/[<>"'\p{Cs}\u202e]|&(?!amp;|lt;|gt;|quot;|#39;)/u);
      expect(escaped(text).replaceAll(/[\t\n]/g, '')).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test('JSON in a script is read back as it was, and ends no script', () => {
  const value = { text: '</script><!--<script>\u2028&', deep: ['\u0000', null] };
  const { text } = scriptJson(value);
  expect(text).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(text)).toEqual(value);
});
