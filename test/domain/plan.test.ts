import fc from 'fast-check';
import { fingerprint } from '../../src/base/fingerprint';
import { differences, planStudy, type Plan, type RecordedRun } from '../../src/domain/plan';
import type { PlanRequest } from '../../src/domain/request';
import { defineStudy } from '../../src/domain/study';
import { MANIFEST, placesOf } from '../support/manifests';
import { TINY, tinyStudy } from '../support/studies';

const plan = (
  study = tinyStudy(),
  recorded: readonly RecordedRun[] = [],
  places = placesOf(),
  request: PlanRequest = {},
): Plan => {
  const latest = new Map(recorded.map((run) => [run.run_id, run]));
  return planStudy(study, { places }, latest, fingerprint, request);
};

/** The record that running a whole plan leaves. */
const recordOf = (plan: Plan, changes: Partial<RecordedRun> = {}): RecordedRun[] =>
  plan.runs.map((run) => ({
    run_id: run.run_id,
    fingerprint: run.fingerprint,
    values_json: JSON.stringify(run.values),
    source_digest: 'abc',
    status: 'done',
    failure_class: null,
    attempt: run.attempt,
    wall_seconds: 2,
    checkpoint_exists: run.stage === 'pretrain' || run.stage === 'sft' ? true : null,
    ...changes,
  }));

const toRun = (plan: Plan) =>
  plan.runs.filter((run) => run.action === 'run').map((run) => run.run_id);

describe('a first plan', () => {
  it('runs the base, then every stage of every variant and branch', () => {
    const first = plan();
    expect(first.runs).toHaveLength(1 + 4 * (2 + 2 * 2));
    expect(first.runs[0]?.run_id).toBe('base/pretrain');
    expect(new Set(first.runs.map((run) => run.reason))).toEqual(new Set(['never run']));
  });

  it('starts variants from scratch where there is no base', () => {
    const first = plan(tinyStudy({ base: undefined }));
    expect(first.runs).toHaveLength(4 * (2 + 2 * 2));
    const pretrained = first.runs.filter((run) => run.stage === 'pretrain');
    expect(new Set(pretrained.map((run) => run.input_run_id))).toEqual(new Set([null]));
    expect(first.jobs[0]?.needs).toEqual([]);
  });

  it('has every input before what needs it', () => {
    const before = new Set<string | null>([null]);
    for (const run of plan().runs) {
      expect(before).toContain(run.input_run_id);
      before.add(run.run_id);
    }
  });

  it('puts each run in exactly one job, in the order of execution', () => {
    const first = plan();
    const inJobs = first.jobs.flatMap((job) => job.run_ids);
    expect([...inJobs].sort()).toEqual(first.runs.map((run) => run.run_id).sort());
    expect(first.jobs).toHaveLength(1 + 4 * 2);
    const tune = first.jobs.find((job) => job.name.includes('-tune-'));
    expect(tune?.run_ids).toEqual([
      'clm-plain/sft/cms/full/seed0',
      'clm-plain/evaluate/cms/full/seed0',
      'clm-plain/sft/cbqa/full/seed0',
      'clm-plain/evaluate/cbqa/full/seed0',
    ]);
    expect(tune?.needs).toEqual([first.jobs[1]?.name]);
  });

  it('gives jobs names that a scheduler takes', () => {
    for (const job of plan().jobs) expect(job.name).toMatch(/^[a-z0-9][a-z0-9.-]*$/);
  });
});

it('a study may have trained, registered and imported variants', () => {
  const study = tinyStudy({
    table: 'table.csv',
    columns: { variant_id: 'id', outcomes: { cms: 'cms' } },
    variants: [...TINY.variants, { id: 'ours', checkpoint: './ours' }],
  });
  const registered = new Map([['ours', { uri: 'file:///ours', identity: 'sha256:1' }]]);
  const inputs = { places: placesOf(), tableDigest: 'd', registered };
  const mixed = planStudy(study, inputs, new Map(), fingerprint);
  expect(mixed.runs[0]).toMatchObject({ run_id: 'import', action: 'run' });
  expect(mixed.runs).toHaveLength(plan().runs.length + 1 + 5);
  expect(mixed.jobs.flatMap(({ run_ids }) => run_ids)).not.toContain('import');
});

describe('stages of several recipes and clusters', () => {
  const split = () => {
    const [own, other] = [placesOf(), placesOf(MANIFEST, 'def', 'other')];
    const gpu = (stage: 'sft' | 'evaluate') => ({ ...other[stage], cluster: 'gpu' });
    return { ...own, indicate: other.indicate, sft: gpu('sft'), evaluate: gpu('evaluate') };
  };

  it('are jobs of their own, each after what it reads', () => {
    const first = plan(tinyStudy({ base: undefined }), [], split());
    const jobs = first.jobs.filter(({ variant_id }) => variant_id === 'clm-plain');
    expect(jobs.map(({ recipe, cluster, run_ids }) => [recipe, cluster, run_ids.length])).toEqual([
      ['jax', 'local', 1],
      ['other', 'local', 1],
      ['other', 'gpu', 4],
    ]);
    const [pretrain] = jobs;
    expect(jobs.map(({ needs }) => needs)).toEqual([[], [pretrain?.name], [pretrain?.name]]);
  });

  it('that move to another cluster are not run again; those of another recipe are', () => {
    const record = recordOf(plan());
    const moved = { ...placesOf(), sft: { ...placesOf().sft, cluster: 'gpu' } };
    expect(toRun(plan(tinyStudy(), record, moved))).toEqual([]);
    const other = { ...placesOf(), evaluate: placesOf(MANIFEST, 'abc', 'other').evaluate };
    expect(toRun(plan(tinyStudy(), record, other))).toHaveLength(8);
  });
});

describe('the plan over a record', () => {
  it('reuses everything that is recorded and done, and has no job', () => {
    const again = plan(tinyStudy(), recordOf(plan()));
    expect(toRun(again)).toEqual([]);
    expect(again.jobs).toEqual([]);
  });

  it('runs what a changed setting reaches, and says field by field why', () => {
    const changed = tinyStudy({
      variants: TINY.variants.map((one) => (one.id === 'sc-plain' ? { ...one, lr: 0.005 } : one)),
    });
    const again = plan(changed, recordOf(plan()));
    expect(toRun(again).every((id) => id.startsWith('sc-plain/'))).toBe(true);
    expect(toRun(again)).toHaveLength(6);
    const reason = again.runs.find((run) => run.run_id === 'sc-plain/pretrain')?.reason;
    expect(reason).toBe('changed: config.lr: 0.003 -> 0.005');
  });

  it.each([
    [{ tag: true }, 'changed: config.tag: false -> true'],
    [{ seed: 3 }, 'changed: config.seed: 0 -> 3'],
  ])('runs a variant again that now has %j', (change, reason) => {
    const [one, ...others] = TINY.variants;
    if (!one) throw new TypeError('the study has variants');
    const changed = tinyStudy({ variants: [{ ...one, ...change }, ...others] });
    const again = plan(changed, recordOf(plan()));
    expect(toRun(again)).toHaveLength(6);
    expect(again.runs.find((run) => run.action === 'run')?.reason).toBe(reason);
  });

  it('runs everything when the base changed, since every variant continues it', () => {
    const changed = tinyStudy({ base: { ...TINY.base, train_tokens: 8192 } });
    expect(toRun(plan(changed, recordOf(plan())))).toHaveLength(25);
  });

  it('does not run again because the window, the cluster or the words changed', () => {
    const changed = tinyStudy({ window: 1, description: 'other words' });
    expect(toRun(plan(changed, recordOf(plan())))).toEqual([]);
  });

  it('runs a failed run again as its next attempt, and takes up one that was running', () => {
    const failed = plan(
      tinyStudy(),
      recordOf(plan(), { status: 'failed', failure_class: 'timeout' }),
    );
    expect(failed.runs[0]).toMatchObject({ attempt: 2, reason: 'failed before (timeout)' });
    const running = plan(tinyStudy(), recordOf(plan(), { status: 'running' }));
    expect(running.runs[0]).toMatchObject({ attempt: 1, reason: 'running when last seen' });
  });

  it('runs an input again when its weights are gone and somebody needs them', () => {
    const lost = recordOf(plan()).filter((run) => !run.run_id.startsWith('sc-plain/evaluate/cms'));
    const again = plan(
      tinyStudy(),
      lost.map((run) => ({
        ...run,
        checkpoint_exists: run.checkpoint_exists === null ? null : false,
      })),
    );
    expect(toRun(again)).toEqual([
      'base/pretrain',
      'sc-plain/pretrain',
      'sc-plain/sft/cms/full/seed0',
      'sc-plain/evaluate/cms/full/seed0',
    ]);
  });

  it('warns when the recipe has different source code with the same version', () => {
    const other = placesOf(MANIFEST, 'def');
    expect(plan(tinyStudy(), recordOf(plan()), other).warnings).toEqual([
      expect.stringMatching(/^25 reused runs were made by different source code of recipe "jax"/),
    ]);
    expect(plan(tinyStudy(), recordOf(plan())).warnings).toEqual([]);
  });

  it('estimates a run from recorded runs of its kind', () => {
    const grown = tinyStudy({ sft_seeds: [0, 1] });
    const again = plan(grown, recordOf(plan()));
    const added = again.runs.find((run) => run.run_id === 'clm-plain/sft/cms/full/seed1');
    expect(added).toMatchObject({ action: 'run', estimated_seconds: 2 });
  });
});

describe('a plan of what was asked for', () => {
  const asked = (record: readonly RecordedRun[], request: PlanRequest) =>
    plan(tinyStudy(), record, placesOf(), request);
  const SFT = 'clm-plain/sft/cms/full/seed0';
  /** As after a study in which the fine-tuning of two variants failed. */
  const failed = recordOf(plan())
    .filter(({ run_id }) => !/(clm|sc)-plain\/evaluate\/cms/.test(run_id))
    .map((run) =>
      /(clm|sc)-plain\/sft\/cms/.test(run.run_id)
        ? { ...run, status: 'failed', failure_class: 'out_of_memory', checkpoint_exists: null }
        : run,
    );

  it('runs the run and what waits for it, and leaves other failures where they are', () => {
    const again = asked(failed, { only: [SFT] });
    expect(toRun(again)).toEqual([SFT, 'clm-plain/evaluate/cms/full/seed0']);
    expect(again.jobs).toHaveLength(1);
    const other = again.runs.find(({ run_id }) => run_id === 'sc-plain/sft/cms/full/seed0');
    expect(other).toMatchObject({
      action: 'blocked',
      attempt: 1,
      reason: 'not requested (failed before (out_of_memory))',
    });
  });

  it('runs what a run waits for, when that has not ended well', () => {
    expect(toRun(asked(failed, { only: ['sc-plain/evaluate/cms/full/seed0'] }))).toEqual([
      'sc-plain/sft/cms/full/seed0',
      'sc-plain/evaluate/cms/full/seed0',
    ]);
  });

  it.each([
    ['pretrain' as const, 25],
    ['indicate' as const, 4],
    ['sft' as const, 16],
    ['evaluate' as const, 8],
  ])('from %s on, does %d runs again: those of the stage and what is made from them', (from, n) => {
    const again = asked(recordOf(plan()), { from });
    expect(toRun(again)).toHaveLength(n);
    const first = again.runs.find(({ action }) => action === 'run');
    expect(first).toMatchObject({
      stage: from,
      attempt: 2,
      redo: true,
      reason: `repeated from ${from} on, by request`,
    });
  });

  it('gives work that is done again a folder of its own, each time', () => {
    const names = (record: readonly RecordedRun[]) =>
      asked(record, { from: 'pretrain' }).jobs.map(({ name }) => name);
    const [once, twice] = [recordOf(plan()), recordOf(plan(), { attempt: 2 })];
    const all = [...plan().jobs.map(({ name }) => name), ...names(once), ...names(twice)];
    expect(new Set(all).size).toBe(3 * 9);
  });
});

describe('the plan of a study with a budget', () => {
  const budgeted = (top: number) => tinyStudy({ fine_tune: { top } });
  const untuned = (plan: Plan) =>
    plan.runs.filter(({ budget }) => budget !== undefined).map(({ variant_id }) => variant_id);
  /** All is measured, and `ids` are fine-tuned too. */
  const tunedOnly = (...ids: string[]) =>
    recordOf(plan()).filter(
      ({ run_id }) => !/sft|evaluate/.test(run_id) || ids.some((id) => run_id.startsWith(`${id}/`)),
    );

  it('has the fingerprints of the study without one', () => {
    const prints = (plan: Plan) => [
      plan.study_fingerprint,
      ...plan.runs.map((run) => run.fingerprint),
    ];
    expect(prints(plan(budgeted(2)))).toEqual(prints(plan()));
    expect(prints(plan(budgeted(3)))).toEqual(prints(plan(budgeted(2))));
  });

  it('measures all and leaves open who is fine-tuned', () => {
    const first = plan(budgeted(2));
    expect(first.jobs).toHaveLength(1 + 4 * 2);
    expect(new Set(untuned(first)).size).toBe(4);
    expect(first.runs.at(-1)).toMatchObject({
      budget: 'open',
      reason: 'fine-tuned if it is selected',
    });
  });

  it('has nothing to do when as many as it allows are fine-tuned', () => {
    const again = plan(budgeted(2), tunedOnly('clm-plain', 'sc-mixed'));
    expect(again.jobs).toEqual([]);
    expect(new Set(untuned(again))).toEqual(new Set(['clm-mixed', 'sc-plain']));
    const reasons = again.runs.filter(({ budget }) => budget === 'spent').map((run) => run.reason);
    expect(new Set(reasons)).toEqual(new Set(['not fine-tuned (budget)']));
  });

  it('goes on when the budget is raised', () => {
    const raised = plan(budgeted(3), tunedOnly('clm-plain', 'sc-mixed'));
    expect(raised.jobs.map(({ variant_id }) => variant_id)).toEqual(['clm-mixed', 'sc-plain']);
  });

  it('finishes what was begun, the budget being spent', () => {
    const record = tunedOnly('clm-plain', 'sc-mixed').filter(
      ({ run_id }) => run_id !== 'sc-mixed/evaluate/cms/full/seed0',
    );
    const again = plan(budgeted(2), record);
    expect(again.jobs.map(({ run_ids }) => run_ids)).toEqual([
      ['sc-mixed/evaluate/cms/full/seed0'],
    ]);
  });
});

describe('fingerprints', () => {
  it('differ between all runs of a study, and depend on the seed', () => {
    const prints = plan().runs.map((run) => run.fingerprint);
    const reseeded = plan(tinyStudy({ seed: 1 })).runs.map((run) => run.fingerprint);
    expect(new Set([...prints, ...reseeded]).size).toBe(2 * prints.length);
  });

  it('do not depend on the order of the variants', () => {
    const byId = (plan: Plan) => new Map(plan.runs.map((run) => [run.run_id, run.fingerprint]));
    const reversed = defineStudy({ ...TINY, variants: [...TINY.variants].reverse() });
    expect(byId(plan(reversed))).toEqual(new Map(byId(plan())));
  });

  it('are the same for equal values, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const finite = JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
        const reversed = Object.fromEntries(Object.entries(finite).reverse());
        expect(fingerprint(reversed)).toBe(fingerprint(finite));
      }),
    );
  });

  it.each([NaN, Infinity, new Date(), new Map(), 1n, () => 1])('refuse %p', (value) => {
    expect(() => fingerprint({ deep: [value] })).toThrow(/Cannot fingerprint .* at "\.deep\[0\]"/);
  });
});

describe('differences', () => {
  it('names each leaf that differs, and nothing else', () => {
    expect(differences({ a: { b: 1, c: [1, 2] } }, { a: { b: 2, c: [1, 3] }, d: null })).toEqual([
      'a.b: 1 -> 2',
      'a.c.1: 2 -> 3',
      'd: absent -> null',
    ]);
  });

  it('is empty for equal values', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => differences(value, structuredClone(value)).length === 0,
      ),
    );
  });
});
