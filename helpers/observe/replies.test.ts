import { describe, expect, test } from 'vitest';
import { clientsOf } from './clients.ts';
import { parseLogLine } from './log.ts';
import { roleOf } from './role.ts';

describe('ROLE', () => {
  test('of a master, whose replicas have ports and offsets as strings', () => {
    const reply = ['master', 3129659, [['127.0.0.1', '9001', '3129242']]];
    expect(roleOf(reply)).toEqual({
      role: 'master',
      offset: 3_129_659,
      replicas: [{ host: '127.0.0.1', port: 9001, offset: 3_129_242 }],
    });
  });

  test('of a replica, in Buffers', () => {
    const reply = [Buffer.from('slave'), Buffer.from('10.0.0.1'), 6379, Buffer.from('sync'), -1];
    expect(roleOf(reply)).toEqual({
      role: 'replica',
      host: '10.0.0.1',
      port: 6379,
      state: 'sync',
      offset: -1,
    });
  });

  test('of a sentinel', () => {
    expect(roleOf(['sentinel', ['mymaster']])).toEqual({ role: 'sentinel', masters: ['mymaster'] });
  });

  test('of something else', () => {
    expect(() => roleOf(['primary'])).toThrow('ROLE answered primary');
  });
});

test('CLIENT LIST: a replica and an ordinary client', () => {
  const reply = [
    'id=5 addr=172.19.0.3:40386 laddr=172.19.0.2:7001 fd=8 name= age=3 idle=1 flags=S db=0 omem=20504 cmd=replconf user=default',
    'id=7 addr=127.0.0.1:50110 fd=9 name=redis-chaos age=0 idle=0 flags=N db=9 omem=0 cmd=client|list',
    '',
  ].join('\n');
  expect(clientsOf(reply)).toEqual([
    {
      id: 5,
      address: '172.19.0.3:40386',
      name: '',
      user: 'default',
      flags: new Set('S'),
      ageSeconds: 3,
      idleSeconds: 1,
      database: 0,
      outputBytes: 20_504,
      command: 'replconf',
    },
    {
      id: 7,
      address: '127.0.0.1:50110',
      name: 'redis-chaos',
      user: '',
      flags: new Set('N'),
      ageSeconds: 0,
      idleSeconds: 0,
      database: 9,
      outputBytes: 0,
      command: 'client|list',
    },
  ]);
});

test.for([
  ['1:M 21 Nov 2026 20:05:33.271 * Ready', 'master', '21 Nov 2026 20:05:33.271', 'Ready'],
  [
    '9:S 01 Jan 2026 00:00:00.000 # Connection with master lost.',
    'replica',
    '01 Jan 2026 00:00:00.000',
    'Connection with master lost.',
  ],
  ['12:C 21 Nov 2026 20:05:33.271 - saved', 'child', '21 Nov 2026 20:05:33.271', 'saved'],
  ['7:X 21 Nov 2026 20:05:33.271 # +sdown', 'sentinel', '21 Nov 2026 20:05:33.271', '+sdown'],
  ['*** FATAL CONFIG FILE ERROR ***', 'other', '', '*** FATAL CONFIG FILE ERROR ***'],
] as const)('log line "%s"', ([line, writer, stamp, text]) => {
  expect(parseLogLine(line, 2, 5)).toEqual({
    readAtMs: 5,
    boot: 2,
    writer,
    stamp,
    isDetail: text === 'saved',
    text,
  });
});
