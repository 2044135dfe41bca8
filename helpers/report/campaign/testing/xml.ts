/** An element of XML as a test looks at it. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const TOKEN = /<\?xml [^>]*\?>|<(\/?)([\w-]+)((?: [\w-]+="[^"<]*")*)(\/?)>|([^<]+)|([\s\S])/g;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
};

/** Reads XML strictly, as far as reports use it: throws where it is not well-formed, or holds a character that XML has not. */
export function parseXml(xml: string): Element {
  const root = { name: '', attributes: {}, children: [] as Element[], text: '' };
  const open = [root];
  for (const [token, end, name, attributes = '', , text, stray] of xml.matchAll(TOKEN)) {
    const top = open.at(-1);
    if (top === undefined || stray !== undefined) throw new Error(`not well-formed at ${token}`);
    if (text !== undefined) {
      top.text += decoded(text);
    } else if (end === '/') {
      if (name !== top.name) throw new Error(`</${name}> ends <${top.name}>`);
      open.pop();
    } else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)];
      const element = {
        name,
        attributes: Object.fromEntries(pairs.map(([, key, value = '']) => [key, decoded(value)])),
        children: [],
        text: '',
      };
      top.children.push(element);
      open.push(element);
    }
  }
  const [only, ...others] = root.children;
  if (open.length !== 1 || only === undefined || others.length > 0) {
    throw new Error(`one element must hold all: ${open.map((one) => one.name).join(' > ')}`);
  }
  return only;
}

function decoded(text: string): string {
  if (/[^\t\n\P{Cc}]|\p{Cs}|[\ufffe\uffff]/u.test(text))
    throw new Error('XML has no such character');
  return text.replaceAll(/&([^;]*;?)/g, (whole, entity: string) => {
    const sign = ENTITIES[entity.slice(0, -1)];
    if (sign === undefined || !entity.endsWith(';')) throw new Error(`no such entity: ${whole}`);
    return sign;
  });
}
