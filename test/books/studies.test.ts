import { MemoryStore } from '../../src/dataset/memory-store';
import { Studies } from '../../src/books/studies';
import { planStudy } from '../../src/domain/plan';
import type { TrainedStudy } from '../../src/domain/schema';
import { FingerprintMismatchError, SchemaError } from '../../src/base/errors';
import { fingerprint } from '../../src/base/fingerprint';
import { alter, alterJson } from '../support/dataset';
import { INPUTS } from '../support/manifests';
import { TINY, tinyStudy } from '../support/studies';

const SPEC = 'studies/tiny@1/spec.json';
const LATEST = 'studies/tiny@1/latest.json';
const latest = {
  plan_key: 'studies/tiny@1/plans/0.json',
  started_at: '2026-11-23T18:00:00.123Z',
  ended_at: null,
  status: 'running' as const,
};

async function opened() {
  const store = new MemoryStore();
  const studies = new Studies(store);
  await studies.register({ study: tinyStudy(), table: null, registered: {} });
  const plan = planStudy(tinyStudy(), INPUTS, new Map(), fingerprint);
  const planKey = await studies.savePlan(plan);
  await studies.saveLatest('tiny@1', latest);
  return { store, studies, plan, planKey };
}

describe('the books of a study', () => {
  it('are read as they were written', async () => {
    const { studies, plan, planKey } = await opened();
    expect((await studies.spec('tiny@1')).study).toEqual(tinyStudy());
    expect(await studies.plan(planKey)).toEqual(plan);
    expect(await studies.latest('tiny@1')).toEqual(latest);
  });

  const damages: [string, (body: Buffer) => Uint8Array | string][] = [
    ['cut short', (body) => body.subarray(0, -10)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => '{}'],
  ];

  it.each(damages)('that are %s are named, with a way out', async (_, change) => {
    const { store, studies, planKey } = await opened();
    for (const key of [SPEC, planKey, LATEST]) await alter(store, key, change);
    const readings: [string, Promise<unknown>, RegExp][] = [
      [SPEC, studies.spec('tiny@1'), /from a backup/],
      [SPEC, studies.check({ study: tinyStudy(), table: null, registered: {} }), /from a backup/],
      [
        SPEC,
        studies.register({ study: tinyStudy(), table: null, registered: {} }),
        /from a backup/,
      ],
      [planKey, studies.plan(planKey), /Run the study again/],
      [LATEST, studies.latest('tiny@1'), /Delete it/],
    ];
    for (const [key, reading, advice] of readings) {
      const error: unknown = await reading.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SchemaError);
      expect(String(error)).toContain(`"${key}" is damaged`);
      expect(String(error)).toMatch(advice);
    }
  });

  it('name the field of a plan that is not what it should be', async () => {
    const { store, studies, planKey } = await opened();
    await alterJson(store, planKey, { jobs: null });
    await expect(studies.plan(planKey)).rejects.toThrow(/at jobs/);
  });
});

describe('a study under a name and version on record', () => {
  it('is the same when the record is older than a field with a default', async () => {
    const { store, studies } = await opened();
    const { window: _, seed: _seed, ...study } = tinyStudy();
    await alterJson(store, SPEC, { study, fingerprint: 'of the schema of its day' });
    await studies.check({ study: tinyStudy(), table: null, registered: {} });
    await studies.register({ study: tinyStudy(), table: null, registered: {} });
    await expect(
      studies.check({ study: tinyStudy({ seed: 5 }), table: null, registered: {} }),
    ).rejects.toThrow('seed: 0 -> 5');
  });

  it('may change what decides no measurement', async () => {
    const { studies } = await opened();
    const edited = tinyStudy({ window: 2, description: 'better words' });
    const before = (await studies.spec('tiny@1')).registered_at;
    expect(await studies.check({ study: edited, table: null, registered: {} })).toMatchObject({
      study: tinyStudy(),
    });
    await studies.register({ study: edited, table: null, registered: {} });
    expect(await studies.spec('tiny@1')).toMatchObject({ study: edited, registered_at: before });
  });

  it.each<[string, TrainedStudy, string | null, string]>([
    ['seed', tinyStudy({ seed: 1 }), null, 'seed: 0 -> 1'],
    ['tasks.cbqa', tinyStudy({ tasks: { cms: TINY.tasks.cms } }), null, 'tasks.cbqa: {'],
  ])('is refused for another %s, which is named', async (field, study, table, difference) => {
    const { studies } = await opened();
    for (const refused of [
      studies.check({ study, table, registered: {} }),
      studies.register({ study, table, registered: {} }),
    ]) {
      const error: unknown = await refused.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FingerprintMismatchError);
      expect((error as FingerprintMismatchError).fields).toEqual([field]);
      expect(String(error)).toContain(difference);
      expect(String(error)).toContain('Raise `version` to 2');
    }
    expect((await studies.spec('tiny@1')).study).toEqual(tinyStudy());
  });
});

describe('a study that is corrected', () => {
  const corrected = tinyStudy({ seed: 1 });
  const answering = (answer: boolean) => {
    const asked: string[] = [];
    const isUnused = (study: string) => Promise.resolve(asked.push(study) > 0 && answer);
    return { asked, isUnused };
  };

  it('takes the place of one by which nothing was measured', async () => {
    const { studies } = await opened();
    const before = await studies.spec('tiny@1');
    const { isUnused } = answering(true);
    expect(
      await studies.check({ study: corrected, table: null, registered: {} }, isUnused),
    ).toEqual(before);
    expect((await studies.spec('tiny@1')).study).toEqual(tinyStudy());
    await studies.register({ study: corrected, table: null, registered: {} }, isUnused);
    const after = await studies.spec('tiny@1');
    expect(after.study).toEqual(corrected);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it.each([
    ['something was measured', corrected, false],
    ['a variant has another name', renamed(), true],
  ])('is refused where %s', async (_, study, answer) => {
    const { studies } = await opened();
    const { isUnused } = answering(answer);
    for (const refused of [
      studies.check({ study, table: null, registered: {} }, isUnused),
      studies.register({ study, table: null, registered: {} }, isUnused),
    ])
      await expect(refused).rejects.toThrow(FingerprintMismatchError);
    expect((await studies.spec('tiny@1')).study).toEqual(tinyStudy());
  });

  it('is not requested while it is the same', async () => {
    const { studies } = await opened();
    const { asked, isUnused } = answering(true);
    await studies.register(
      { study: tinyStudy({ window: 2 }), table: null, registered: {} },
      isUnused,
    );
    expect(asked).toEqual([]);
  });
});

function renamed(): TrainedStudy {
  const [first, ...others] = tinyStudy().variants;
  if (!first) throw new TypeError('the study has variants');
  return tinyStudy({ variants: [{ ...first, id: 'renamed' }, ...others] });
}

describe('a study that is extended', () => {
  const grown = tinyStudy({
    mixtures: { ...tinyStudy().mixtures, prose: { prose: 1 } },
    variants: [
      { id: 'new', objective: 'plm', mixture: 'prose', lr: 0.003, train_tokens: 2048 },
      ...tinyStudy().variants,
    ],
  });

  it('has the new variants and their mixtures, and stays the same study', async () => {
    const { studies } = await opened();
    expect(await studies.extend({ study: grown, table: null, registered: {} })).toEqual(['new']);
    expect((await studies.spec('tiny@1')).study).toEqual(grown);
    await expect(
      studies.register({ study: grown, table: null, registered: {} }),
    ).resolves.toMatchObject({ study: grown });
  });

  it('gets advice when it is run instead of added to', async () => {
    const { studies } = await opened();
    await expect(studies.register({ study: grown, table: null, registered: {} })).rejects.toThrow(
      /npx foretune add/,
    );
  });

  it.each([
    [{ lr: 0.1 }, /variants\.clm-plain\.lr: 0\.003 -> 0\.1/],
    [{ id: 'renamed' }, /variants\.clm-plain: .* -> absent/],
  ])('may not change what is recorded: %j', async (change, message) => {
    const { studies } = await opened();
    const [first, ...others] = tinyStudy().variants;
    if (!first) throw new TypeError('the study has variants');
    const edited = { ...grown, variants: [{ ...first, ...change }, ...others] };
    await expect(studies.extend({ study: edited, table: null, registered: {} })).rejects.toThrow(
      message,
    );
    expect((await studies.spec('tiny@1')).study).toEqual(tinyStudy());
  });

  it('needs something new', async () => {
    const { studies } = await opened();
    await expect(
      studies.extend({ study: tinyStudy(), table: null, registered: {} }),
    ).rejects.toThrow(/nothing was added/);
  });
});
