import type { ValidationReport } from '../report.ts';
import { asHtml } from './html.ts';
import { asJunit } from './junit.ts';
import { asMarkdown } from './markdown.ts';

/** Of each format, the name of its file and how it is written. */
export const FORMATS = {
  html: { file: 'validation.html', render: asHtml },
  md: { file: 'validation.md', render: asMarkdown },
  json: { file: 'validation.json', render: asJson },
  junit: { file: 'validation.xml', render: asJunit },
} as const;

export type Format = keyof typeof FORMATS;

/** The report as it is: its shape is that of `ValidationReport`, and stable by its `format`. */
function asJson(report: ValidationReport): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
