/**
 * Whether the recipes of a study can carry it out: what they do not know, do not read, or cannot
 * use. Pure.
 */
import { nearest } from '../base/explain';
import { CHECKPOINT_STEPS, type Known, type Manifest, type RecipeStage } from './manifest';
import type { TrainedStudy } from './schema';
import {
  branchesOf,
  evaluateValues,
  indicateValues,
  pretrainValues,
  recipeFields,
  sftValues,
  stageReaders,
  stagesOf,
  type StageReader,
  type StageReaders,
  type StageRecipe,
  type StageRecipes,
  type Values,
} from './stage-config';
import { isEarlier, isTrained, trainingFields } from './variant-schema';

/** One line for each value that a recipe cannot use: unknown, invalid or missing. */
export function studyFaults(study: TrainedStudy, recipes: StageRecipes): string[] {
  const readers = stageReaders(recipes);
  const absent = absentStages(study, recipes, readers);
  if (absent.length) return absent;
  return [
    ...nameFaults(study, recipes),
    ...checkpointFaults(study, recipes, readers),
    ...unreadFaults(study, recipes, readers),
    ...valueFaults(study, readers),
  ];
}

function absentStages(study: TrainedStudy, recipes: StageRecipes, readers: StageReaders): string[] {
  return stagesOf(study)
    .filter((stage) => !readers[stage])
    .map((stage) => {
      const { name, manifest } = recipes[stage];
      const has = Object.keys(manifest.stages).join(', ') || 'none';
      return `  recipe: recipe "${name}" does not implement stage ${stage}; it implements ${has}. Choose another recipe for it: stages: { ${stage}: { recipe: '...' } }`;
    });
}

function checkpointFaults(
  { variants }: TrainedStudy,
  { pretrain: { name } }: StageRecipes,
  { pretrain }: StageReaders,
): string[] {
  const earlier = variants.find(isEarlier);
  if (!earlier || pretrain?.names().includes(CHECKPOINT_STEPS)) return [];
  return [
    `  variants: recipe "${name}" keeps no earlier checkpoints, such as "${earlier.id}": its manifest has no field \`${CHECKPOINT_STEPS}\` in stage pretrain`,
  ];
}

function nameFaults(study: TrainedStudy, recipes: StageRecipes): string[] {
  const { sft, evaluate, pretrain, indicate } = recipes;
  const tasks = Object.entries(study.tasks);
  const ways = tasks.flatMap(([name, { sft: entries = [] }]) =>
    entries.map(({ recipe }, i) => [recipe, `tasks.${name}.sft.${i}.recipe`] as const),
  );
  const domains = Object.entries(study.mixtures).flatMap(([name, weights]) =>
    Object.keys(weights).map((domain) => [domain, `mixtures.${name}.${domain}`] as const),
  );
  const trains = stagesOf(study).includes('pretrain');
  return [
    ...tasks.flatMap(([name]) => unknown(sft, 'tasks', name, `tasks.${name}`)),
    ...(evaluate === sft
      ? []
      : tasks.flatMap(([name]) => unknown(evaluate, 'tasks', name, `tasks.${name}`))),
    ...ways.flatMap(([recipe, at]) => unknown(sft, 'sft_recipes', recipe, at)),
    ...(trains ? domains.flatMap(([name, at]) => unknown(pretrain, 'domains', name, at)) : []),
    ...Object.keys(study.indicators ?? {}).flatMap((name) =>
      unknown(indicate, 'indicators', name, `indicators.${name}`),
    ),
  ];
}

const WORDS = {
  tasks: 'task',
  indicators: 'indicator',
  domains: 'text domain',
  sft_recipes: 'SFT recipe',
} as const;

function unknown(
  { name: recipe, manifest }: StageRecipe,
  kind: keyof typeof WORDS,
  name: string,
  at: string,
): string[] {
  const known: Known | Manifest['domains'] = manifest[kind];
  if (known === 'any' || Object.hasOwn(known, name)) return [];
  const names = Object.keys(known);
  return [`  ${at}: recipe "${recipe}" has no ${WORDS[kind]} "${name}"${hint(name, names)}`];
}

/** A section of a study, and the stages that may read it. */
interface Section {
  readonly at: string;
  /** The SFT recipe, for an entry of `sft`. */
  readonly sftRecipe?: string;
  readonly keys: readonly string[];
  readonly stages: readonly RecipeStage[];
}

function sectionsOf(study: TrainedStudy): Section[] {
  const section = (at: string, values: Values, ...stages: RecipeStage[]): Section => ({
    at,
    keys: Object.keys(values),
    stages,
  });
  return [
    section('settings', study.settings, ...stagesOf(study)),
    section('pretrain', study.pretrain, 'pretrain'),
    section('indicate', study.indicate, 'indicate'),
    section('evaluate', study.evaluate, 'evaluate'),
    ...(study.base ? [section('base', study.base, 'pretrain')] : []),
    ...study.variants.flatMap((variant, i) =>
      isTrained(variant) ? [section(`variants.${i}`, trainingFields(variant), 'pretrain')] : [],
    ),
    ...Object.entries(study.tasks).flatMap(([name, task]) => taskSections(name, task)),
  ];
}

function taskSections(name: string, task: TrainedStudy['tasks'][string]): Section[] {
  const { metric: _m, ...fields } = recipeFields(task);
  const entries = (task.sft ?? []).map(({ recipe: sftRecipe, ...entry }, i): Section => {
    const at = `tasks.${name}.sft.${i}`;
    return { at, sftRecipe, keys: Object.keys(entry), stages: ['sft', 'evaluate'] };
  });
  const stages = ['indicate', 'sft', 'evaluate'] as const;
  return [{ at: `tasks.${name}`, keys: Object.keys(fields), stages }, ...entries];
}

function unreadFaults(study: TrainedStudy, recipes: StageRecipes, readers: StageReaders): string[] {
  return sectionsOf(study).flatMap(({ at, sftRecipe, keys, stages }) => {
    const read = new Set(stages.flatMap((stage) => namesRead(stage, readers, at, sftRecipe)));
    return keys
      .filter((key) => !read.has(key))
      .map((key) => {
        const names = [...new Set(stages.map((stage) => `"${recipes[stage].name}"`))].join(', ');
        return `  ${at}.${key}: recipe ${names} does not read "${key}" for ${stages.join(', ')}${hint(key, [...read])}`;
      });
  });
}

/** When indicators are measured, the fields of tasks are read one level deeper, in `tasks`. */
function namesRead(
  stage: RecipeStage,
  readers: StageReaders,
  at: string,
  sftRecipe: string | undefined,
): string[] {
  const reader = readers[stage];
  if (!reader) return [];
  return stage === 'indicate' && at.startsWith('tasks.')
    ? reader.namesBelow('tasks')
    : reader.names(sftRecipe);
}

function valueFaults(study: TrainedStudy, readers: StageReaders): string[] {
  const { pretrain, indicate, sft, evaluate } = readers;
  const trained = study.variants.flatMap((variant, i) =>
    isTrained(variant) ? [[`variants.${i}`, trainingFields(variant)] as const] : [],
  );
  const fields = [...(study.base ? [['base', study.base] as const] : []), ...trained];
  const branches = branchesOf(study).map(
    (branch) => [`tasks.${branch.task}.sft (${branch.sft_recipe})`, branch] as const,
  );
  const faults = [
    ...fields.flatMap(([at, values]) => placed(pretrain, pretrainValues(study, values), at)),
    ...placed(indicate, indicateValues(study), 'indicate'),
    ...branches.flatMap(([at, values]) => placed(sft, sftValues(study, values), at)),
    ...branches.flatMap(([at, values]) => placed(evaluate, evaluateValues(study, values), at)),
  ];
  return [...new Set(faults)];
}

function placed(reader: StageReader | null, values: Values, at: string): string[] {
  return (reader?.faults(values) ?? []).map((fault) => `  ${at}.${fault.trimStart()}`);
}

function hint(written: string, known: readonly string[]): string {
  const guess = nearest(written, known);
  if (guess) return `; did you mean "${guess}"?`;
  return known.length ? `; known: ${known.join(', ')}` : '';
}
