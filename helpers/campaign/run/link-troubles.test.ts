import { expect, test } from 'vitest';
import type { Deployment } from '../../deployment/deployment.ts';
import { linkTroubles } from './link-troubles.ts';

/** What is told of one link, of which a Toxiproxy answers so. */
function troubles(get: () => Promise<unknown>) {
  return linkTroubles({
    toxiproxy: { host: 'http://toxiproxy', api: { get } },
    links: [{ link: { name: 'replica-1 to master', proxy: { name: 'p' } } }],
  } as unknown as Deployment);
}

test('a link that carries all is none', async () => {
  expect(await troubles(async () => ({ data: { p: { enabled: true, toxics: [] } } }))).toEqual([]);
});

test('one that is lost, cut or under a toxic is told', async () => {
  expect(await troubles(async () => ({ data: {} }))).toEqual([
    'the Toxiproxy has lost the link replica-1 to master',
  ]);
  expect(await troubles(async () => ({ data: { p: { enabled: false, toxics: [] } } }))).toEqual([
    'the link replica-1 to master is still cut',
  ]);
  const toxics = [{ name: 'latency-1-0' }];
  expect(await troubles(async () => ({ data: { p: { enabled: true, toxics } } }))).toEqual([
    'the link replica-1 to master still has latency-1-0',
  ]);
});

test('a Toxiproxy that does not answer is told', async () => {
  expect(await troubles(() => Promise.reject(new Error('ECONNREFUSED')))).toEqual([
    'the Toxiproxy does not answer: ECONNREFUSED',
  ]);
});
