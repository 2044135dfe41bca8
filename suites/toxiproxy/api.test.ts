import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { call } from './http.ts';
import { implementations, PATIENCE, type Subject } from './subjects.ts';

const UPSTREAM = '127.0.0.1:9';
const JSON_TYPE = 'application/json';
const ERROR_TYPE = 'text/plain; charset=utf-8';

/** The JSON of a proxy, literally: field order included. */
function proxyJson(
  name: string,
  listen: string,
  more: { enabled?: boolean; upstream?: string } = {},
) {
  const { enabled = true, upstream = UPSTREAM } = more;
  return `{"name":"${name}","listen":"${listen}","upstream":"${upstream}","enabled":${enabled},"Logger":{},"toxics":[]}`;
}

const errorJson = (error: string, status: number) => `${JSON.stringify({ error, status })}\n`;

describe.for(implementations())('HTTP API of $name', PATIENCE, ({ start }) => {
  let subject: Subject;
  let listen: string;
  beforeAll(async () => {
    subject = await start();
  });
  afterAll(() => subject[Symbol.asyncDispose]());
  beforeEach(async () => {
    const created = await call(subject, 'POST', '/proxies', proxyBody('base'));
    expect(created.status).toBe(201);
    listen = (created.json as { listen: string }).listen;
  });
  afterEach(async () => {
    const all = await call(subject, 'GET', '/proxies');
    for (const name of Object.keys(all.json as object)) {
      await call(subject, 'DELETE', `/proxies/${encodeURIComponent(name)}`);
    }
  });

  const proxyBody = (name: string, more: object = {}) =>
    JSON.stringify({ name, listen: `${subject.listenHost}:0`, upstream: UPSTREAM, ...more });

  test('version is JSON with a charset', async () => {
    const { status, type, json } = await call(subject, 'GET', '/version');
    expect({ status, type }).toEqual({ status: 200, type: 'application/json;charset=utf-8' });
    expect(json).toEqual({ version: expect.stringMatching(/\S/) });
  });

  test('a new proxy listens on a free port, is enabled, and is shown in full', async () => {
    const created = await call(subject, 'POST', '/proxies', proxyBody('new'));
    const port = (created.json as { listen: string }).listen.split(':').at(-1);
    expect(Number(port)).toBeGreaterThan(0);
    expect(created).toMatchObject({
      status: 201,
      type: JSON_TYPE,
      text: proxyJson('new', `${subject.listenHost}:${port}`),
    });
    const shown = await call(subject, 'GET', '/proxies/new');
    expect(shown).toMatchObject({ status: 200, type: JSON_TYPE, text: created.text });
  });

  test('a proxy created disabled keeps port 0 until it is enabled', async () => {
    const created = await call(subject, 'POST', '/proxies', proxyBody('off', { enabled: false }));
    expect(created.text).toBe(proxyJson('off', `${subject.listenHost}:0`, { enabled: false }));
    const enabled = await call(subject, 'PATCH', '/proxies/off', '{"enabled":true}');
    expect(enabled.json).toMatchObject({ enabled: true, listen: expect.not.stringMatching(/:0$/) });
  });

  test('names are matched whatever their case, unknown fields ignored, null is absent', async () => {
    const body = `{"NAME":"odd","Listen":"${subject.listenHost}:0","upstream":"${UPSTREAM}","x":1,"enabled":null}`;
    const created = await call(subject, 'POST', '/proxies', body);
    expect(created).toMatchObject({ status: 201, json: { name: 'odd', enabled: true } });
  });

  test('all proxies are listed by name, in order', async () => {
    await call(subject, 'POST', '/proxies', proxyBody('abc', { enabled: false }));
    const { text } = await call(subject, 'GET', '/proxies');
    const abc = proxyJson('abc', `${subject.listenHost}:0`, { enabled: false });
    expect(text).toBe(`{"abc":${abc},"base":${proxyJson('base', listen)}}`);
  });

  test.for(['POST', 'PATCH'])(
    '%s changes the fields given and keeps the others',
    async (method) => {
      const disabled = await call(subject, method, '/proxies/base', '{"enabled":false}');
      expect(disabled.text).toBe(proxyJson('base', listen, { enabled: false }));
      const moved = await call(subject, method, '/proxies/base', '{"upstream":"127.0.0.1:8"}');
      expect(moved.text).toBe(
        proxyJson('base', listen, { enabled: false, upstream: '127.0.0.1:8' }),
      );
      const enabled = await call(
        subject,
        method,
        '/proxies/base',
        '{"enabled":true,"name":"other"}',
      );
      expect(enabled).toMatchObject({
        status: 200,
        type: JSON_TYPE,
        text: proxyJson('base', listen, { upstream: '127.0.0.1:8' }),
      });
    },
  );

  test('deleting a proxy answers nothing, and then it is not found', async () => {
    expect(await call(subject, 'DELETE', '/proxies/base')).toMatchObject({ status: 204, text: '' });
    const gone = await call(subject, 'GET', '/proxies/base');
    expect(gone).toMatchObject({
      status: 404,
      type: ERROR_TYPE,
      text: errorJson('proxy not found', 404),
    });
  });

  const DEFAULTS = {
    noop: '{}',
    latency: '{"latency":0,"jitter":0}',
    bandwidth: '{"rate":0}',
    slow_close: '{"delay":0}',
    timeout: '{"timeout":0}',
    reset_peer: '{"timeout":0}',
    limit_data: '{"bytes":0}',
  };
  test.for(Object.entries(DEFAULTS))('%s has its defaults', async ([type, attributes]) => {
    const { status, text } = await call(
      subject,
      'POST',
      '/proxies/base/toxics',
      `{"type":"${type}"}`,
    );
    expect(status).toBe(200);
    expect(text).toBe(
      `{"attributes":${attributes},"name":"${type}_downstream","type":"${type}","stream":"downstream","toxicity":1}`,
    );
  });

  test('slicer shows its attributes in order', async () => {
    const body = '{"type":"slicer","attributes":{"delay":3,"average_size":1}}';
    const { text } = await call(subject, 'POST', '/proxies/base/toxics', body);
    expect(text).toContain('"attributes":{"average_size":1,"size_variation":0,"delay":3}');
  });

  test.for([
    { given: '0.123456789', shown: '0.12345679' },
    { given: '0.1', shown: '0.1' },
    { given: '-2', shown: '-2' },
    { given: '1e-9', shown: '1e-9' },
    { given: 'null', shown: '1' },
  ])('toxicity $given is shown as $shown', async ({ given, shown }) => {
    const body = `{"type":"latency","toxicity":${given}}`;
    const { text } = await call(subject, 'POST', '/proxies/base/toxics', body);
    expect(text).toMatch(new RegExp(`"toxicity":${shown}}$`));
  });

  test('toxics are listed upstream first, shown by name, updated in part, removed', async () => {
    const path = '/proxies/base/toxics';
    await call(subject, 'POST', path, '{"type":"latency","attributes":{"latency":1}}');
    const body = '{"type":"bandwidth","name":"slow","stream":"Upstream","attributes":null}';
    await call(subject, 'POST', path, body);
    const slow =
      '{"attributes":{"rate":0},"name":"slow","type":"bandwidth","stream":"Upstream","toxicity":1}';
    const late = (attributes: string, toxicity: number) =>
      `{"attributes":${attributes},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":${toxicity}}`;
    const listed = `[${slow},${late('{"latency":1,"jitter":0}', 1)}]`;
    expect((await call(subject, 'GET', path)).text).toBe(listed);
    expect((await call(subject, 'GET', '/proxies/base')).text).toContain(`"toxics":${listed}`);
    expect((await call(subject, 'GET', `${path}/slow`)).text).toBe(slow);

    const update = '{"attributes":{"jitter":7},"name":"x","type":"timeout","stream":"upstream"}';
    const updated = await call(subject, 'POST', `${path}/latency_downstream`, update);
    expect(updated.text).toBe(late('{"latency":1,"jitter":7}', 1));
    const patched = await call(subject, 'PATCH', `${path}/latency_downstream`, '{"toxicity":0.5}');
    expect(patched.text).toBe(late('{"latency":1,"jitter":7}', 0.5));

    expect((await call(subject, 'DELETE', `${path}/slow`)).status).toBe(204);
    expect((await call(subject, 'GET', path)).text).toBe(`[${patched.text}]`);
  });

  test('reset enables every proxy and removes every toxic', async () => {
    await call(subject, 'POST', '/proxies/base/toxics', '{"type":"latency"}');
    await call(subject, 'PATCH', '/proxies/base', '{"enabled":false}');
    expect(await call(subject, 'POST', '/reset')).toMatchObject({ status: 204, text: '' });
    expect((await call(subject, 'GET', '/proxies/base')).text).toBe(proxyJson('base', listen));
  });

  test('populate creates, replaces what differs and leaves alone what does not', async () => {
    await call(subject, 'POST', '/proxies/base/toxics', '{"type":"latency"}');
    const same = `[{"name":"base","listen":"${listen}","upstream":"${UPSTREAM}","enabled":false}]`;
    const kept = await call(subject, 'POST', '/populate', same);
    expect(kept).toMatchObject({
      status: 201,
      type: JSON_TYPE,
      json: { proxies: [{ enabled: true, toxics: [{ type: 'latency' }] }] },
    });
    const other = `[{"name":"base","listen":"${listen}","upstream":"127.0.0.1:8"}]`;
    const replaced = await call(subject, 'POST', '/populate', other);
    expect(replaced.text).toBe(
      `{"proxies":[${proxyJson('base', listen, { upstream: '127.0.0.1:8' })}]}`,
    );
    expect((await call(subject, 'POST', '/populate', '[]')).text).toBe('{"proxies":null}');
  });

  test('populate stops at the first proxy that cannot listen and says what it did', async () => {
    const body = `[${proxyBody('one', { enabled: false })},${proxyBody('two', { listen })},${proxyBody('three')}]`;
    const { status, type, text } = await call(subject, 'POST', '/populate', body);
    expect({ status, type }).toEqual({ status: 500, type: JSON_TYPE });
    const one = proxyJson('one', `${subject.listenHost}:0`, { enabled: false });
    expect(text).toBe(
      `{"error":"listen tcp ${listen}: bind: address already in use","status":500,"proxies":[${one}]}`,
    );
    expect((await call(subject, 'GET', '/proxies/three')).status).toBe(404);
  });

  const REFUSED: readonly [
    method: string,
    path: string,
    body: string,
    status: number,
    error: string,
  ][] = [
    ['POST', '/proxies', '', 400, 'bad request body: EOF'],
    ['POST', '/proxies', '{"name":', 400, 'bad request body: unexpected EOF'],
    ['POST', '/proxies', 'null', 400, 'missing required field: name'],
    ['POST', '/proxies', '{"name":""}', 400, 'missing required field: name'],
    ['POST', '/proxies', '{"name":"a"}', 400, 'missing required field: upstream'],
    ['POST', '/proxies', '{"name":"base","upstream":"x:1"}', 409, 'proxy already exists'],
    [
      'POST',
      '/proxies',
      '{"name":"a","listen":"nowhere","upstream":"x:1"}',
      500,
      'listen tcp: address nowhere: missing port in address',
    ],
    [
      'POST',
      '/proxies',
      '{"name":"a","listen":"::1:5","upstream":"x:1"}',
      500,
      'listen tcp: address ::1:5: too many colons in address',
    ],
    [
      'POST',
      '/proxies',
      '{"name":"a","listen":"127.0.0.1:99999","upstream":"x:1"}',
      500,
      'listen tcp: address 99999: invalid port',
    ],
    [
      'POST',
      '/proxies',
      '{"name":"a","listen":"127.0.0.1:abc","upstream":"x:1"}',
      500,
      'listen tcp: lookup tcp/abc: unknown port',
    ],
    [
      'POST',
      '/proxies',
      '{"name":"a","listen":"198.51.100.1:0","upstream":"x:1"}',
      500,
      'listen tcp 198.51.100.1:0: bind: cannot assign requested address',
    ],
    ['PATCH', '/proxies/base', '', 400, 'bad request body: EOF'],
    ['PATCH', '/proxies/none', '', 404, 'proxy not found'],
    [
      'PATCH',
      '/proxies/base',
      '{"listen":"nowhere"}',
      500,
      'address nowhere: missing port in address',
    ],
    ['DELETE', '/proxies/none', '', 404, 'proxy not found'],
    ['GET', '/proxies/none/toxics', '', 404, 'proxy not found'],
    ['POST', '/proxies/none/toxics', '{', 404, 'proxy not found'],
    ['POST', '/proxies/base/toxics', '{', 400, 'bad request body: unexpected EOF'],
    ['POST', '/proxies/base/toxics', '{}', 400, 'invalid toxic type'],
    ['POST', '/proxies/base/toxics', '{"type":"packet_loss"}', 400, 'invalid toxic type'],
    [
      'POST',
      '/proxies/base/toxics',
      '{"type":"nope","stream":"sideways"}',
      400,
      'stream was invalid, can be either upstream or downstream',
    ],
    ['GET', '/proxies/base/toxics/none', '', 404, 'toxic not found'],
    ['PATCH', '/proxies/base/toxics/none', '{', 404, 'toxic not found'],
    ['DELETE', '/proxies/base/toxics/none', '', 404, 'toxic not found'],
  ];
  test.for(REFUSED)('%s %s %s: %i %s', async ([method, path, body, status, error]) => {
    const reply = await call(subject, method, path, method === 'GET' ? undefined : body);
    expect(reply).toMatchObject({ status, type: ERROR_TYPE, text: errorJson(error, status) });
    // Whatever was refused, the proxy that was there still is as it was.
    expect((await call(subject, 'GET', '/proxies/base')).text).toBe(proxyJson('base', listen));
  });

  // What is wrong with a value is said in the decoder's own words; the beginning is the contract.
  const ILL_TYPED: readonly [path: string, body: string][] = [
    ['/proxies', 'xx'],
    ['/proxies', '[]'],
    ['/proxies', '{"name":5}'],
    ['/proxies', '{"name":"a","upstream":["x"]}'],
    ['/proxies', '{"name":"a","upstream":"x:1","enabled":"no"}'],
    ['/proxies/base', '{"enabled":"no"}'],
    ['/proxies/base', '{"listen":5}'],
    ['/proxies/base/toxics', '{"type":5}'],
    ['/proxies/base/toxics', '{"type":"latency","toxicity":"1"}'],
    ['/proxies/base/toxics', '{"type":"latency","toxicity":1e39}'],
    ['/proxies/base/toxics', '{"type":"latency","attributes":"x"}'],
    ['/proxies/base/toxics', '{"type":"latency","attributes":[]}'],
    ['/proxies/base/toxics', '{"type":"latency","attributes":{"latency":"5"}}'],
    ['/proxies/base/toxics', '{"type":"latency","attributes":{"latency":5.5}}'],
    ['/proxies/base/toxics', '{"type":"latency","attributes":{"latency":1e30}}'],
  ];
  test.for(ILL_TYPED)('POST %s %s: bad request body', async ([path, body]) => {
    const { status, type, json } = await call(subject, 'POST', path, body);
    expect({ status, type }).toEqual({ status: 400, type: ERROR_TYPE });
    expect(json).toEqual({ error: expect.stringMatching(/^bad request body: ./), status: 400 });
    expect((await call(subject, 'GET', '/proxies/base')).text).toBe(proxyJson('base', listen));
  });

  test.for(['{}', '', '[{"name":5}]'])('populate %s: bad request body', async (body) => {
    const { status, type, json } = await call(subject, 'POST', '/populate', body);
    expect({ status, type }).toEqual({ status: 400, type: JSON_TYPE });
    const error = expect.stringMatching(/^bad request body: ./);
    expect(json).toEqual({ error, status: 400, proxies: null });
  });

  test.for([
    { missing: 'name', entry: '{"name":""}' },
    { missing: 'upstream', entry: '{"name":"x"}' },
  ])('populate checks every entry first: no $missing', async ({ missing, entry }) => {
    const body = `[${proxyBody('one')},${entry}]`;
    const { text } = await call(subject, 'POST', '/populate', body);
    const error = `missing required field: ${missing} at proxy 2`;
    expect(text).toBe(`{"error":"${error}","status":400,"proxies":null}`);
    expect((await call(subject, 'GET', '/proxies/one')).status).toBe(404);
  });

  test('a toxic name is taken once per proxy, whatever the direction', async () => {
    const toxic = (stream: string) => `{"type":"latency","name":"t","stream":"${stream}"}`;
    await call(subject, 'POST', '/proxies/base/toxics', toxic('upstream'));
    const again = await call(subject, 'POST', '/proxies/base/toxics', toxic('downstream'));
    expect(again).toMatchObject({ status: 409, text: errorJson('toxic already exists', 409) });
  });

  test('a listen address that is taken disables the proxy that moves there, and no other', async () => {
    const taken = await call(subject, 'POST', '/proxies', proxyBody('taken'));
    const { listen: there } = taken.json as { listen: string };
    await call(subject, 'POST', '/proxies', proxyBody('mover'));
    const moved = await call(subject, 'PATCH', '/proxies/mover', `{"listen":"${there}"}`);
    const error = `listen tcp ${there}: bind: address already in use`;
    expect(moved).toMatchObject({ status: 500, text: errorJson(error, 500) });
    const mover = await call(subject, 'GET', '/proxies/mover');
    expect(mover.text).toBe(proxyJson('mover', there, { enabled: false }));
    expect((await call(subject, 'GET', '/proxies/base')).text).toBe(proxyJson('base', listen));
    expect((await call(subject, 'GET', '/proxies/taken')).text).toBe(taken.text);
  });

  test.for([
    ['GET', '/nope', 404, '404 page not found\n'],
    ['GET', '/proxies/', 404, '404 page not found\n'],
    ['GET', '/proxies/base/toxics/a/b', 404, '404 page not found\n'],
    ['PUT', '/proxies', 405, ''],
    ['POST', '/version', 405, ''],
    ['GET', '/populate', 405, ''],
  ] as const)('%s %s: %i', async ([method, path, status, text]) => {
    expect(await call(subject, method, path)).toMatchObject({ status, text });
  });

  test('a browser is refused', async () => {
    const agent = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)' };
    const refused = { status: 403, type: ERROR_TYPE, text: 'User agent not allowed\n' };
    expect(await call(subject, 'GET', '/proxies', undefined, agent)).toMatchObject(refused);
    expect(await call(subject, 'DELETE', '/proxies/base', undefined, agent)).toMatchObject(refused);
    expect((await call(subject, 'GET', '/proxies/base')).status).toBe(200);
  });
});
