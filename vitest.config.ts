import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['{helpers,fixtures}/**/*.test.ts'] } },
      { test: { name: 'toxiproxy', include: ['suites/toxiproxy/**/*.test.ts'] } },
    ],
  },
});
