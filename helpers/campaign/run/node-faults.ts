import type { Deployment } from '../../deployment/deployment.ts';
import type { Instance } from '../../deployment/instance.ts';
import { Node } from '../../deployment/node.ts';
import { Sentinel } from '../../deployment/sentinels/sentinel.ts';
import { ChaosError, messageOf } from '../../errors.ts';
import type { NodeFaultSpec } from '../plan.ts';
import { type Begun, PassedOver } from './begun.ts';
import type { Recorder } from './recorder.ts';

const LOG_LINES_TOLD = 20;

interface Surroundings {
  readonly deployment: Deployment;
  readonly recorder: Recorder;
  readonly clock: () => number;
}

/** Does things to processes, on each one after the other, and knows which of them have ended because they were told to. */
export class NodeFaults {
  readonly #surroundings: Surroundings;
  readonly #isDown = new Set<string>();
  /** By node: the pauses in force. A process that ends ends them all. */
  readonly #pauses = new Map<string, Set<object>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Whether a process has ended, or is about to, because it was told to. */
  hasEnded({ name }: Pick<Instance, 'name'>): boolean {
    return this.#isDown.has(name);
  }

  begin(instance: Instance, spec: NodeFaultSpec): Promise<Begun> {
    return this.#inTurn(instance, () => {
      if (instance.server.exit !== undefined) throw new PassedOver(`${instance.name} has ended`);
      switch (spec.kind) {
        case 'pause':
          return this.#pause(instance);
        case 'kill':
          return this.#end(instance, () => instance.kill(), 'SIGKILL');
        case 'stop':
          if (instance.isPaused) throw new PassedOver(`${instance.name} is paused: it cannot stop`);
          return this.#end(instance, () => instance.stop(), 'SIGTERM');
        case 'move':
          return this.#move(instance, spec.to);
      }
    });
  }

  /** Starts whoever has ended, and lets whoever is paused go on. */
  revive(instance: Instance): Promise<void> {
    return this.#inTurn(instance, async () => {
      if (instance.server.exit !== undefined) await this.#start(instance);
      else if (instance.isPaused) await instance.resume();
    });
  }

  async #pause(instance: Instance): Promise<Begun> {
    const pauses = this.#pauses.get(instance.name) ?? new Set();
    this.#pauses.set(instance.name, pauses);
    const pause = {};
    if (!instance.isPaused) await instance.pause();
    pauses.add(pause);
    const end = async (): Promise<void> => {
      if (pauses.delete(pause) && pauses.size === 0 && instance.isPaused) await instance.resume();
    };
    return this.#begun('its process is stopped', () => this.#inTurn(instance, end));
  }

  async #end(instance: Instance, end: () => Promise<void>, signal: string): Promise<Begun> {
    const { name } = instance;
    const { recorder } = this.#surroundings;
    this.#isDown.add(name);
    try {
      await end();
    } catch (thrown) {
      if (instance.server.exit === undefined) this.#isDown.delete(name);
      throw thrown;
    }
    this.#pauses.get(name)?.clear();
    recorder.event({ what: 'ended', node: name });
    return this.#begun(`its process has ended by ${signal}`, () =>
      this.#inTurn(instance, () => this.#start(instance)),
    );
  }

  async #start(instance: Instance): Promise<void> {
    const { name, server } = instance;
    if (server.exit === undefined) return;
    const { recorder } = this.#surroundings;
    this.#isDown.add(name);
    try {
      await (instance instanceof Sentinel
        ? instance.restart()
        : instance.restart({ data: 'kept' }));
    } catch (thrown) {
      const { exit } = server;
      if (exit === undefined) throw thrown;
      recorder.trouble(
        'correctness',
        `${name} ended while it started, by itself (${exit.signal ?? `exit code ${exit.code}`}): ${server.log.tail(LOG_LINES_TOLD)}`,
        name,
      );
      return;
    }
    this.#isDown.delete(name);
    recorder.event({ what: 'started', node: name });
  }

  async #move(instance: Instance, to: string): Promise<Begun> {
    const { deployment } = this.#surroundings;
    if (!(instance instanceof Node)) {
      throw new ChaosError('misuse', `${instance.name} is no node: it cannot follow ${to}`);
    }
    if (instance.isPaused) throw new PassedOver(`${instance.name} is paused: it hears no command`);
    try {
      await instance.replicaOf(deployment.node(to));
      // So that it stays there when it starts again.
      await instance.call('CONFIG', 'REWRITE');
    } catch (thrown) {
      throw new PassedOver(`REPLICAOF ${to}: ${messageOf(thrown)}`);
    }
    return this.#begun(`it took REPLICAOF ${to}`, async () => {});
  }

  #begun(effect: string, end: () => Promise<void>): Begun {
    const { clock } = this.#surroundings;
    return {
      atMs: clock(),
      effect,
      end: async () => {
        await end();
        return clock();
      },
    };
  }

  #inTurn<T>({ name }: Instance, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    this.#turns.set(
      name,
      turn.catch(() => {}),
    );
    return turn;
  }
}
