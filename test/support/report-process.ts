/**
 * Renders reports in a process of its own, with the loader of the product: preact is published as ES
 * modules only, which Jest cannot load as it is set up here.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ReportInput } from '../../src/report/input';

export interface ReportProcess {
  render(input: ReportInput): Promise<string>;
  stop(): Promise<void>;
}

export function startReportProcess(): ReportProcess {
  // Dates and NaN must arrive as they are, which JSON does not do.
  const child = fork(__filename, { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
  const exit = once(child, 'exit');
  const died = exit.then(() => Promise.reject(new Error('The process that renders has ended.')));
  died.catch(() => undefined);
  return {
    async render(input) {
      const answer = once(child, 'message');
      child.send(input);
      const [page] = (await Promise.race([answer, died])) as [string | Error];
      if (page instanceof Error) throw page;
      return page;
    },
    async stop() {
      child.disconnect();
      await exit;
    },
  };
}

/** In the child, one input after another; it ends when the parent lets go of it. */
async function answer(input: ReportInput): Promise<string | Error> {
  try {
    const { renderReport } = await import('../../src/report/report.js');
    return await renderReport(input);
  } catch (error) {
    return error as Error;
  }
}

if (require.main === module && process.send)
  process.on('message', (input) => {
    void answer(input as ReportInput).then((page) => process.send?.(page));
  });
