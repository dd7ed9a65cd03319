/** What the Hugging Face recipe cannot do is refused before anything is started. Pure. */
import { SFT_RECIPES, type HuggingFace } from './hugging-face';
import type { Task } from './vocabulary';

/** What is looked at of a study. */
interface Refined {
  readonly variants: readonly (Omit<Training, 'objectives'> & { readonly objective: string })[];
  readonly base?: Training | null | undefined;
  readonly mixtures: Readonly<Record<string, object>>;
  readonly tasks: readonly Task[];
  readonly sft: Readonly<Record<string, { readonly recipe?: string | undefined } | undefined>>;
}

type Fail = (path: (string | number)[], message: string) => void;

export function refineHuggingFace(study: Refined, settings: HuggingFace, fail: Fail): void {
  study.variants.forEach((variant, i) => {
    refineTraining({ ...variant, objectives: [variant.objective] }, ['variants', i], fail);
  });
  if (study.base) refineTraining(study.base, ['base'], fail);
  for (const [name, weights] of Object.entries(study.mixtures))
    for (const domain of Object.keys(weights))
      if (!(domain in settings.text))
        fail(['mixtures', name, domain], `hugging_face.text does not say where "${domain}" lies`);
  for (const task of study.tasks) refineTask(study, settings, task, fail);
}

interface Training {
  readonly objectives: readonly string[];
  readonly tag: boolean;
  readonly length_filter: string;
}

function refineTraining(of: Training, path: (string | number)[], fail: Fail): void {
  const what = 'the Hugging Face recipe pre-trains with the objective clm alone';
  if (of.objectives.some((objective) => objective !== 'clm')) fail(path, what);
  if (of.tag || of.length_filter !== 'all')
    fail(path, 'the Hugging Face recipe has no tags and no length filters');
}

function refineTask(study: Refined, settings: HuggingFace, task: Task, fail: Fail): void {
  if (!settings.tasks[task]?.data)
    fail(['hugging_face', 'tasks', task], `"${task}" has no data to be fine-tuned on`);
  const recipe = study.sft[task]?.recipe ?? 'full';
  if (!SFT_RECIPES.includes(recipe))
    fail(['sft', task, 'recipe'], `"${recipe}" is not one of ${SFT_RECIPES.join(', ')}`);
}
