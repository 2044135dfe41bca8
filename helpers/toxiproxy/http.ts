import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';
import type { Answer, Route } from './api.ts';
import { ApiError, badRequestBody } from './errors.ts';
import { parseBody } from './fields.ts';

/** No request of this API needs more. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Toxiproxy's: a client may keep a connection that long between requests, and take so long for one. */
const TIMEOUTS = { keepAliveTimeout: 60_000, requestTimeout: 15_000, headersTimeout: 15_000 };

/**
 * Serves the routes over HTTP as Toxiproxy does: errors are JSON with a line end, sent as text (Go's
 * http.Error); an unknown path is 404, a known one with another method 405; a browser is refused, so that
 * no web page can drive a proxy on the machine of who looks at it.
 */
export function serve(routes: readonly Route[]): Server {
  return createServer(TIMEOUTS, (request, response) => {
    answer(routes, request).then(
      (answered) => send(response, answered),
      (thrown) => response.destroy(thrown instanceof Error ? thrown : undefined),
    );
  });
}

async function answer(routes: readonly Route[], request: IncomingMessage): Promise<Answer> {
  const path = pathOf(request);
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match === null) continue;
    const handle = route.methods[request.method ?? ''];
    if (handle === undefined) return { status: 405 };
    if (request.headers['user-agent']?.startsWith('Mozilla/')) {
      return plainText(403, 'User agent not allowed');
    }
    try {
      const text = await readText(request);
      return await handle({ names: match.slice(1), body: () => parseBody(text) });
    } catch (thrown) {
      const status = thrown instanceof ApiError ? thrown.status : 500;
      return plainText(status, JSON.stringify({ error: messageOf(thrown), status }));
    }
  }
  return plainText(404, '404 page not found');
}

function pathOf(request: IncomingMessage): string {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw badRequestBody(`more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function plainText(status: number, text: string): Answer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
}

function send(response: ServerResponse, { status, contentType, body }: Answer): void {
  response.setHeader('X-Toxiproxy-Request-Id', randomUUID());
  if (contentType !== undefined) response.setHeader('Content-Type', contentType);
  if (contentType?.startsWith('text/plain')) {
    response.setHeader('X-Content-Type-Options', 'nosniff');
  }
  if (status !== 204) response.setHeader('Content-Length', Buffer.byteLength(body ?? ''));
  response.writeHead(status);
  response.end(body);
}
