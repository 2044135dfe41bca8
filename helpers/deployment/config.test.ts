import { expect, test } from 'vitest';
import { debugAllowed, renderConfig } from './config.ts';

test('later configurations win, lists repeat the directive, nothing is quoted but the empty value', () => {
  const text = renderConfig(
    { save: '', port: 1 },
    { port: 7001, 'client-output-buffer-limit': ['replica 1mb 1mb 0', 'pubsub 1mb 1mb 0'] },
  );
  expect(text).toBe(
    'save ""\nport 7001\nclient-output-buffer-limit replica 1mb 1mb 0\nclient-output-buffer-limit pubsub 1mb 1mb 0\n',
  );
});

test('DEBUG is allowed by a directive only where there is one', () => {
  expect(debugAllowed({ product: 'redis', version: '7.0' })).toEqual({
    'enable-debug-command': 'yes',
  });
  expect(debugAllowed({ product: 'redis', version: '6.0.16' })).toEqual({});
});
