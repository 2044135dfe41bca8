import { visible } from '../visible.ts';

/** Markup that may stand in a page as it is. Only `html` makes it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Child = Markup | string | number | false | undefined | readonly Child[];

/**
 * A template whose values are escaped unless they are markup themselves. They may stand between tags and in attributes within
 * double quotes; never in a tag's name, a script or a style sheet.
 */
export function html(strings: TemplateStringsArray, ...children: readonly Child[]): Markup {
  return new Markup(
    strings.reduce((text, string, index) => `${text}${rendered(children[index - 1])}${string}`),
  );
}

function rendered(child: Child): string {
  if (child === undefined || child === false) return '';
  if (child instanceof Markup) return child.text;
  if (Array.isArray(child)) return child.map(rendered).join('');
  return escaped(String(child));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML and XML, between tags and in quoted attributes. */
export function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** JSON that may stand in a `script` element: nothing in it can end that or begin a comment. */
export function scriptJson(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value).replaceAll(
      /[<>&\u2028\u2029]/g,
      (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
}
