/** A whole study as a zod schema: its fields (schema.ts), and the rules between them. */
import { z } from 'zod';
import {
  ImportedStudySchema,
  tableOf,
  TrainedStudySchema,
  type Study,
  type Tabled,
  type TrainedStudy,
} from './schema';
import { earlierFaults } from './earlier';
import { isTrained } from './variant-schema';

export const StudySchema = z
  .discriminatedUnion('kind', [TrainedStudySchema, ImportedStudySchema])
  .superRefine((study, ctx) => {
    refineWords(study, ctx);
    if (study.kind === 'trained') refineTrained(study, ctx);
    const imported = tableOf(study);
    if (imported) refineColumns(imported, ctx);
  });

type Fail = (path: (string | number)[], message: string) => void;

function failer(ctx: z.RefinementCtx): Fail {
  return (path, message) => ctx.addIssue({ code: 'custom', path, message });
}

function refineWords(study: Study, ctx: z.RefinementCtx): void {
  const { indicators, proxies, baseline, tasks } = study;
  if (!indicators) return;
  const fail = failer(ctx);
  const known = Object.keys(indicators).join(', ');
  const check = (path: (string | number)[], name: string | undefined) => {
    if (name !== undefined && !indicators[name])
      fail(path, `"${name}" is not an indicator of the study: ${known}`);
  };
  for (const [name, { terms }] of Object.entries(proxies)) {
    for (const one of Object.keys(terms)) check(['proxies', name, 'terms', one], one);
    if (indicators[name])
      fail(['proxies', name], `"${name}" is also the name of an indicator; choose another name`);
  }
  check(['baseline'], baseline);
  for (const [name, task] of Object.entries(tasks))
    check(['tasks', name, 'indicator'], task.indicator);
}

function refineTrained(study: TrainedStudy, ctx: z.RefinementCtx): void {
  const fail = failer(ctx);
  refineVariants(study, fail);
  for (const { path, message } of earlierFaults(study)) fail(path, message);
  if ((study.table === undefined) !== (study.columns === undefined))
    fail(['table'], 'expected `table` and `columns` together, or neither');
  const alone = study.variants.length < 2 && !study.variants[0]?.checkpoints;
  if (alone && study.table === undefined)
    fail(['variants'], 'expected at least 2 variants, since variants are compared in pairs');
  const mixture = study.base?.mixture;
  if (typeof mixture === 'string' && !study.mixtures[mixture])
    fail(['base', 'mixture'], noMixture(study, mixture));
  for (const [name, task] of Object.entries(study.tasks))
    if (!task.sft)
      fail(['tasks', name, 'sft'], `task "${name}" has no fine-tuning settings; add \`sft\``);
  const target = study.fine_tune?.task;
  if (target && !study.tasks[target])
    fail(
      ['fine_tune', 'task'],
      `"${target}" is not a task of the study: ${Object.keys(study.tasks).join(', ')}`,
    );
}

function refineVariants(study: TrainedStudy, fail: Fail): void {
  const seen = new Set<string>();
  study.variants.forEach((variant, i) => {
    if (variant.id === 'base')
      fail(['variants', i, 'id'], '"base" is the id of the shared checkpoint; choose another id');
    if (seen.has(variant.id))
      fail(['variants', i, 'id'], `variant "${variant.id}" is listed twice`);
    seen.add(variant.id);
    const { mixture } = variant;
    if (isTrained(variant) && typeof mixture === 'string' && !study.mixtures[mixture])
      fail(['variants', i, 'mixture'], noMixture(study, mixture));
  });
}

function refineColumns({ tasks, indicators, columns }: Tabled, ctx: z.RefinementCtx): void {
  const fail = failer(ctx);
  for (const name of Object.keys(columns.outcomes))
    if (!tasks[name])
      fail(
        ['columns', 'outcomes', name],
        `"${name}" is not a task of the study: ${Object.keys(tasks).join(', ')}`,
      );
  for (const name of Object.keys(columns.indicators))
    if (indicators && !indicators[name])
      fail(
        ['columns', 'indicators', name],
        `"${name}" is not an indicator of the study: ${Object.keys(indicators).join(', ')}`,
      );
}

function noMixture(study: TrainedStudy, name: string): string {
  return `mixture "${name}" is not one of ${Object.keys(study.mixtures).join(', ') || '(none)'}`;
}
