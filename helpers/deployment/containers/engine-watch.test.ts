import { PassThrough, type Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ChaosError } from '../../errors.ts';
import { until } from '../../until.ts';
import { type Engine, EngineWatch } from './engine-watch.ts';

const clock = (): Date => new Date(2026, 0, 2, 3, 4, 5);
const ADDRESS = 'unix:///run/engine.sock';
const GONE = `environment: the container engine at ${ADDRESS} is gone (connect ENOENT), noticed at 03:04:05`;

/** An engine that lives until it is told to die. */
class FakeEngine implements Engine {
  readonly address = ADDRESS;
  pings = 0;
  connections = 0;
  alive = true;
  #stream = new PassThrough({ objectMode: true });

  async ping(): Promise<void> {
    this.pings += 1;
    if (!this.alive) throw new Error('connect ENOENT');
  }

  async *toxiproxiesLost(signal: AbortSignal): AsyncIterable<string> {
    this.connections += 1;
    const stream = new PassThrough({ objectMode: true });
    this.#stream = stream;
    signal.addEventListener('abort', () => stream.destroy());
    yield* stream as AsyncIterable<string> & Readable;
  }

  dropConnection(): void {
    this.#stream.destroy(new Error('aborted'));
  }

  die(): void {
    this.alive = false;
    this.dropConnection();
  }

  loseToxiproxy(words: string): void {
    this.#stream.write(words);
  }
}

const noticed = (watch: EngineWatch): Promise<ChaosError | undefined> =>
  until(() => watch.gone, Boolean, { what: 'the watch to notice', withinMs: 5_000 });

test('an engine that lives is not in the way', async () => {
  const engine = new FakeEngine();
  using watch = EngineWatch.open(engine, { clock });

  expect(await watch.during('start a', async () => 'started')).toBe('started');
  await expect(
    watch.during('start b', () => Promise.reject(new Error('no such image'))),
  ).rejects.toThrow(/^no such image$/);
  expect(() => watch.mustLive('connect to a')).not.toThrow();
  expect(watch.gone).toBeUndefined();
});

test('the death of an engine is noticed without asking, once, and told with what is attempted', async () => {
  const engine = new FakeEngine();
  const told: string[] = [];
  using watch = EngineWatch.open(engine, { clock, onGone: ({ message }) => told.push(message) });

  engine.die();

  expect((await noticed(watch))?.message).toBe(GONE);
  const { pings } = engine;
  let done = false;
  const late = watch.during('pause b', async () => {
    done = true;
  });
  await expect(late).rejects.toThrow(
    `environment: cannot pause b: the container engine at ${ADDRESS} is gone (connect ENOENT), noticed at 03:04:05`,
  );
  await expect(late).rejects.toBeInstanceOf(ChaosError);
  expect(done).toBe(false);
  expect(engine.pings).toBe(pings);
  expect(told).toEqual([GONE]);
});

test('what fails because the engine is dead is told as that, also before the connection ends', async () => {
  const engine = new FakeEngine();
  using watch = EngineWatch.open(engine, { clock });

  const failing = watch.during('start a', () => {
    engine.alive = false;
    return Promise.reject(new Error('socket hang up'));
  });

  await expect(failing).rejects.toThrow(/^environment: cannot start a: the container engine at/);
});

test('errors of one death have one stack, whatever was attempted: reporters tell them once', async () => {
  const engine = new FakeEngine();
  using watch = EngineWatch.open(engine, { clock });
  engine.die();
  const gone = await noticed(watch);

  await expect(watch.during('start a', async () => {})).rejects.toMatchObject({
    stack: gone?.stack,
  });
});

test('a connection that ends while the engine answers is opened again', async () => {
  const engine = new FakeEngine();
  using watch = EngineWatch.open(engine, { clock });

  engine.dropConnection();
  await until(
    () => engine.connections,
    (connections) => connections === 2,
    { what: 'a second connection', withinMs: 5_000 },
  );
  expect(watch.gone).toBeUndefined();

  engine.die();
  expect((await noticed(watch))?.message).toBe(GONE);
});

test('an engine that begins to shut down stops Toxiproxy first: that is its end already', async () => {
  const engine = new FakeEngine();
  using watch = EngineWatch.open(engine, { clock });

  engine.loseToxiproxy('has stopped Toxiproxy');

  expect((await noticed(watch))?.message).toBe(
    `environment: the container engine at ${ADDRESS} has stopped Toxiproxy, noticed at 03:04:05`,
  );
});

test('a closed watch says nothing more', async () => {
  const engine = new FakeEngine();
  const told: ChaosError[] = [];
  const watch = EngineWatch.open(engine, { onGone: (gone) => told.push(gone) });
  watch[Symbol.dispose]();

  engine.die();
  await expect(
    watch.during('start a', () => Promise.reject(new Error('socket hang up'))),
  ).rejects.toThrow('socket hang up');
  expect(told).toEqual([]);
});
