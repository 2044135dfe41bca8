/** Characters that a reader would not see, or that turn the text around them: control characters, bidirectional marks, lone surrogates. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text as a reader can see it, whatever bytes a key or a log line holds: what is unseen becomes `\x00` or `\u202e`. Tabs and
 * line feeds stay. All that is left may stand in HTML, XML and JSON once their own signs are escaped.
 */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (unseen) => {
    const code = unseen.charCodeAt(0);
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
