import { expect, test } from 'vitest';
import { Metrics } from './metrics.ts';
import type { TcpProxy } from './proxy.ts';

const proxy = { name: 'a"b\\c', listen: '127.0.0.1:1', upstream: 'x:2' } as TcpProxy;

test('bytes are counted by proxy and direction, in the text format of Prometheus', () => {
  const metrics = new Metrics({ proxyMetrics: true });
  metrics.count('received', proxy, 'upstream', 5);
  metrics.count('received', proxy, 'upstream', 6);
  metrics.count('sent', proxy, 'downstream', 7);
  const labels = (direction: string) =>
    `{direction="${direction}",listener="127.0.0.1:1",proxy="a\\"b\\\\c",upstream="x:2"}`;
  expect(metrics.render()).toBe(
    [
      '# HELP toxiproxy_proxy_received_bytes_total ',
      '# TYPE toxiproxy_proxy_received_bytes_total counter',
      `toxiproxy_proxy_received_bytes_total${labels('upstream')} 11`,
      '# HELP toxiproxy_proxy_sent_bytes_total ',
      '# TYPE toxiproxy_proxy_sent_bytes_total counter',
      `toxiproxy_proxy_sent_bytes_total${labels('downstream')} 7`,
      '',
    ].join('\n'),
  );
});

test('nothing is counted unless asked for', () => {
  const metrics = new Metrics({});
  metrics.count('received', proxy, 'upstream', 5);
  expect(metrics.enabled).toBe(false);
  expect(metrics.render()).toBe('');
});
