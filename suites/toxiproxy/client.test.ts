import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { implementations, PATIENCE, type Subject } from './subjects.ts';

const UPSTREAM = '127.0.0.1:9';

describe.for(implementations())('toxiproxy-node-client against $name', PATIENCE, ({ start }) => {
  let subject: Subject;
  let client: Toxiproxy;
  beforeAll(async () => {
    subject = await start();
    client = new Toxiproxy(subject.url);
  });
  afterAll(() => subject[Symbol.asyncDispose]());

  test('the whole of its interface', async () => {
    expect(JSON.parse(await client.getVersion())).toEqual({ version: expect.any(String) });
    const listen = `${subject.listenHost}:0`;
    const populated = await client.populate([
      { name: 'one', listen, upstream: UPSTREAM },
      { name: 'two', listen, upstream: UPSTREAM },
    ]);
    expect(Object.keys(populated)).toEqual(['one', 'two']);
    const three = await client.createProxy({ name: 'three', listen, upstream: UPSTREAM });
    expect(Object.keys(await client.getAll())).toEqual(['one', 'three', 'two']);
    expect((await client.get('three')).toJson()).toEqual(three.toJson());

    const late = await three.addToxic({
      name: 'late',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 5, jitter: 1 },
    });
    const faster = await late.update({ ...late.toJson(), attributes: { latency: 2, jitter: 1 } });
    expect(faster.attributes).toEqual({ latency: 2, jitter: 1 });
    expect((await three.getToxic('late')).toJson()).toEqual(faster.toJson());
    await faster.remove();
    await expect(three.getToxic('late')).rejects.toThrow('status code 404');

    const disabled = await three.update({ ...three.toJson(), enabled: false });
    expect(disabled.enabled).toBe(false);
    await client.reset();
    expect((await client.get('three')).enabled).toBe(true);
    for (const proxy of Object.values(await client.getAll())) await proxy.remove();
    expect(await client.getAll()).toEqual({});
  });
});
