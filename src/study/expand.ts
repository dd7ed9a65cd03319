/** Replaces the `checkpoints` of a study's variants by one variant for each step. */
import { SpecError } from '../base/errors';
import { expandCheckpoints, type StepsOf } from '../domain/earlier';
import { studyId } from '../domain/ids';
import type { Study, TrainedStudy } from '../domain/schema';
import { pretrainValues, StageReader } from '../domain/stage-config';
import { parseStudy } from '../domain/study';
import { isEarlier, trainingFields } from '../domain/variant-schema';
import type { Manifests } from './manifests';

/**
 * Throws SpecError for a variant whose number of steps is needed and not known, and for steps that
 * are listed twice or are not before the last one.
 */
export async function withCheckpoints(study: Study, manifests: Manifests): Promise<Study> {
  if (study.kind !== 'trained') return study;
  if (!study.variants.some((one) => one.checkpoints ?? isEarlier(one))) return study;
  const expanded = expandCheckpoints(study, await stepsOf(study, manifests));
  if (expanded.faults.length)
    throw new SpecError(
      `The checkpoints of study "${studyId(study)}" are not known:\n${expanded.faults.join('\n')}`,
    );
  return parseStudy(expanded.study);
}

async function stepsOf(study: TrainedStudy, manifests: Manifests): Promise<StepsOf> {
  const { manifest } = await manifests.of(study.stages.pretrain?.recipe ?? study.recipe);
  const declared = manifest.stages.pretrain;
  if (!declared) return () => null;
  const reader = new StageReader(declared);
  return (variant) => {
    const values = pretrainValues(study, trainingFields(variant));
    // The plan names what is invalid.
    return reader.faults(values).length ? null : reader.steps(values);
  };
}
