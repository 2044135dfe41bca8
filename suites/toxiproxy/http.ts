import type { Subject } from './subjects.ts';

export interface Reply {
  readonly status: number;
  readonly type: string | null;
  /** The body as it came. */
  readonly text: string;
  /** The body read as JSON, or undefined when it is none. */
  readonly json: unknown;
}

/** One request to the API, with a body exactly as given. */
export async function call(
  subject: Subject,
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const response = await fetch(`${subject.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, type: response.headers.get('content-type'), text, json };
}
