import type { BudgetDeps } from '../../../src/study/budget';
import { spentLines } from '../../../src/cli/words/spent';
import { spentByStudy } from '../../../src/study/spent';
import type { Rates } from '../../../src/domain/spending';
import { ClusterUnavailableError } from '../../../src/base/errors';
import { tinyStudy } from '../../support/studies';

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));
const RUN = { run_id: 'a', job: 'a', cluster: 'local', attempt: 1, gpu_seconds: null, cost: null };
const ENDED = { ...RUN, status: 'done', started_at: at(0), ended_at: at(2), gpu_seconds: 14_400 };
const RUNNING = { ...RUN, run_id: 'b', job: 'b', status: 'running', ended_at: null };

/** A study of an ended and a running job on a cluster with these rates, that answers so. */
function depsOf(
  rates: Rates,
  budget: { readonly cost: number } | undefined,
  poll = () => Promise.resolve(new Map()),
): BudgetDeps {
  const study = tinyStudy({ budget });
  return {
    studies: {
      recentSpec: () => Promise.resolve({ study }),
      latest: () => Promise.resolve(null),
    },
    dataset: { read: () => Promise.resolve([{ ...ENDED, cost: 6 }, RUNNING]) },
    clusters: new Map([['local', { cluster: { poll }, ...rates }]]),
  } as unknown as BudgetDeps;
}

const FREE = { gpus: 0, price_per_hour: null };
const PRICED = { gpus: 2, price_per_hour: null, price_per_gpu_hour: 1.5 };

it('is printed where jobs have GPUs or a price, together with what a budget allows', async () => {
  expect(await spentByStudy(depsOf(FREE, undefined), 'tiny@1')).toEqual({});
  const spent = await spentByStudy(depsOf(PRICED, undefined), 'tiny@1');
  expect(spent).toEqual({ spent: { gpu_hours: 4, cost: 6 } });
  expect(spentLines(spent)).toEqual(['spent: 4.00 GPU-hours, 6.00 in cost']);
  const limited = await spentByStudy(depsOf(PRICED, { cost: 10 }), 'tiny@1');
  expect(spentLines(limited)).toEqual([
    'budget: 6.00 of 10 in cost spent',
    'spent: 4.00 GPU-hours',
  ]);
});

it('is not known while the cluster does not answer, and says so', async () => {
  const away = () => Promise.reject(new ClusterUnavailableError('squeue: no answer'));
  const spent = await spentByStudy(depsOf(PRICED, undefined, away), 'tiny@1');
  expect(spentLines(spent)).toEqual(['spent: unknown: squeue: no answer']);
});
