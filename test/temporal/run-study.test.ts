import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { runStudy } from '../../src/temporal/run-study';
import type { WorkSession } from '../../src/temporal/session';
import { StudySchema } from '../../src/domain/study-schema';
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

it('A server without the search attributes is reported in words, with the command that helps', async () => {
  const session = { config: loadConfig({}), client: temporal.client } as unknown as WorkSession;
  // The server names any one of the attributes that it misses.
  const refused = runStudy(session, StudySchema.parse(zeng2025), { show: () => undefined });
  await expect(refused).rejects.toThrow(StackError);
  await expect(refused).rejects.toThrow(/search attribute Foretune\w+.*npx foretune doctor/s);
});
