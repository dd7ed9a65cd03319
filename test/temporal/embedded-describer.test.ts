/** What is read of a workflow without Temporal's client, compared with what the client reads. */
import { ApplicationFailure } from '@temporalio/common';
import { StackError } from '../../src/base/errors';
import { refitId } from '../../src/domain/ids';
import { describeWith } from '../../src/temporal/describe';
import type { Description } from '../../src/temporal/description';
import { openDescriber } from '../../src/temporal/embedded-describer';
import { FakeStudy } from '../support/fake-activities';
import { openTemporal, startRefit, withWorker, type Temporal } from '../support/temporal';

jest.setTimeout(60_000);

/** The server's numbers. */
const [RUNNING, TERMINATED] = [1, 5];
const STARTED = 2;

let temporal: Temporal;
beforeAll(async () => (temporal = await openTemporal()));
afterAll(() => temporal.close());

async function describedByBoth(workflow: string, isReady: (found: Description | null) => boolean) {
  const { address, client } = temporal.environment;
  const { describe, close } = openDescriber({ address, namespace: 'default', ui: null });
  const ask = describeWith(client);
  try {
    while (!isReady(await describe(workflow)));
    return { own: await describe(workflow), client: await ask(workflow) };
  } finally {
    await close();
  }
}

/** The fields that are read. */
function readFrom(described: Description | null) {
  const { workflowExecutionInfo: info, pendingActivities } = described ?? {};
  const said = info?.searchAttributes?.indexedFields?.ForetuneStatus?.data ?? [];
  const activities = pendingActivities?.map(({ state, lastStartedTime, lastFailure }) => ({
    state: Number(state),
    started: Number(lastStartedTime?.seconds),
    message: lastFailure?.message,
    type: lastFailure?.applicationFailureInfo?.type,
  }));
  return { status: Number(info?.status), said: Buffer.from(said).toString(), activities };
}

it('status, search attribute and failing activities are those that the client reads', async () => {
  const fake = new FakeStudy('away@1', { variants: [] });
  const away = { message: 'the cluster is away', type: 'ClusterUnavailableError' };
  const failure = ApplicationFailure.retryable(away.message, away.type);
  let end = (): void => undefined;
  const held = new Promise<never>((_, reject) => (end = () => reject(failure)));
  const tries = [() => Promise.reject(failure)]; // then it is tried again for as long as it takes
  fake.recordedFits = () => (tries.pop() ?? (() => held))();
  await withWorker(temporal, fake, async () => {
    const handle = await startRefit(temporal, fake);
    const isTriedAgain = (found: Description | null) => {
      const [activity] = found?.pendingActivities ?? [];
      return !!activity?.lastFailure && Number(activity.state) === STARTED;
    };
    const { own, client } = await describedByBoth(refitId(fake.study), isTriedAgain);
    expect(readFrom(own)).toMatchObject({ status: RUNNING, activities: [away] });
    expect(readFrom(own).said).toContain('running');
    expect(readFrom(own)).toEqual(readFrom(client));
    expect(readFrom(own).activities?.[0]?.started).toBeGreaterThan(0);
    await handle.terminate();
    end();
  });
  const ended = await describedByBoth(refitId(fake.study), () => true);
  expect(readFrom(ended.own)).toEqual(readFrom(ended.client));
  expect(readFrom(ended.own)).toMatchObject({ status: TERMINATED });
});

it('a workflow that Temporal does not know is null', async () => {
  const described = await describedByBoth('study/unknown@1', () => true);
  expect(described).toEqual({ own: null, client: null });
});

it('a server that does not answer is an error with advice, not an unknown workflow', async () => {
  const nowhere = { address: '127.0.0.1:9', namespace: 'default', ui: null };
  const { describe, close } = openDescriber(nowhere, 100);
  const asked = describe('study/tiny@1');
  await expect(asked).rejects.toThrow(StackError);
  await expect(asked).rejects.toThrow(/does not answer at 127.0.0.1:9: .+npx foretune doctor/);
  await close();
});
