import type { Direction } from './chunk.ts';
import type { TcpProxy } from './proxy.ts';

export interface MetricsOptions {
  /** Bytes per proxy and direction. Default false, as in Toxiproxy. */
  readonly proxyMetrics?: boolean;
  /** CPU time, memory and start time of the process. Default false, as in Toxiproxy. */
  readonly runtimeMetrics?: boolean;
}

type Phase = 'received' | 'sent';

/** Counters in Prometheus' text format, under Toxiproxy's names (its METRICS.md). */
export class Metrics {
  readonly #options: MetricsOptions;
  readonly #bytes: Record<Phase, Map<string, number>> = { received: new Map(), sent: new Map() };

  constructor(options: MetricsOptions) {
    this.#options = options;
  }

  /** Toxiproxy has no metrics endpoint unless a kind of metrics was asked for. */
  get enabled(): boolean {
    return this.#options.proxyMetrics === true || this.#options.runtimeMetrics === true;
  }

  count(phase: Phase, proxy: TcpProxy, direction: Direction, bytes: number): void {
    if (this.#options.proxyMetrics !== true) return;
    const labels = [
      `direction="${direction}"`,
      `listener="${escapeLabel(proxy.listen)}"`,
      `proxy="${escapeLabel(proxy.name)}"`,
      `upstream="${escapeLabel(proxy.upstream)}"`,
    ].join(',');
    const counts = this.#bytes[phase];
    counts.set(labels, (counts.get(labels) ?? 0) + bytes);
  }

  render(): string {
    const families: string[] = [];
    if (this.#options.runtimeMetrics === true) families.push(...processFamilies());
    for (const phase of ['received', 'sent'] as const) {
      const samples = [...this.#bytes[phase]].sort().map(([labels, n]) => `{${labels}} ${n}`);
      families.push(family(`toxiproxy_proxy_${phase}_bytes_total`, 'counter', '', samples));
    }
    return families.join('');
  }
}

function processFamilies(): string[] {
  const { user, system } = process.cpuUsage();
  const startedAt = performance.timeOrigin / 1000;
  return [
    family('process_cpu_seconds_total', 'counter', 'User and system CPU time in seconds.', [
      ` ${(user + system) / 1e6}`,
    ]),
    family('process_resident_memory_bytes', 'gauge', 'Resident memory in bytes.', [
      ` ${process.memoryUsage.rss()}`,
    ]),
    family('process_start_time_seconds', 'gauge', 'Start time, in seconds since the Unix epoch.', [
      ` ${startedAt}`,
    ]),
  ];
}

function family(name: string, type: string, help: string, samples: readonly string[]): string {
  if (samples.length === 0) return '';
  const lines = samples.map((sample) => `${name}${sample}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
