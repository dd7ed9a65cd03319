import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { CliContext } from '../../src/cli/context';
import { executeStudy } from '../../src/temporal/run-study';
import type { Session } from '../../src/temporal/session';
import { StudySchema } from '../../src/domain/schema';
import { StackError } from '../../src/base/errors';
import { loadConfig } from '../../src/config';
import zeng2025 from '../../studies/zeng2025';
import { quietRuntime } from '../support/temporal';

let temporal: TestWorkflowEnvironment;
beforeAll(async () => {
  quietRuntime();
  const executable = path.resolve(__dirname, '../../.venv/bin/temporal');
  temporal = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: executable },
      log: { format: 'pretty', level: 'error' },
      extraArgs: ['--output', 'none'],
    },
  });
});
afterAll(() => temporal.teardown());

it('A server without the search attributes is told in words, with the command that helps', async () => {
  const context = { config: loadConfig({}) } as CliContext;
  const session = { client: temporal.client } as unknown as Session & typeof temporal;
  // The server names any one of the attributes that it misses.
  const refused = executeStudy(context, session, StudySchema.parse(zeng2025));
  await expect(refused).rejects.toThrow(StackError);
  await expect(refused).rejects.toThrow(/search attribute Foretune\w+.*npx foretune doctor/s);
});
