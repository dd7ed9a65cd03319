/** The rows of a trained study's variants; those of an imported study come with its table. */
import { fingerprint } from '../base/fingerprint';
import type { SpecRecord } from '../books/studies';
import type { Dataset } from '../dataset/log';
import type { Row } from '../dataset/tables';
import { BASE_VARIANT, studyId } from '../domain/ids';
import type { TrainedStudy } from '../domain/schema';
import { configurationOf, trainedConfiguration } from '../domain/stage-config';

export async function recordVariants(dataset: Dataset, spec: SpecRecord, now: Date): Promise<void> {
  if (spec.study.kind !== 'trained') return;
  const rows = variantRows(spec.study, spec.registered, now);
  const key = await variantsKey(dataset, spec, rows);
  await dataset.commit({ key, rows: { variants: rows } });
}

/**
 * The rows of a study that was corrected and then corrected back are on record, but are not the
 * newest.
 */
async function variantsKey(
  dataset: Dataset,
  { study, fingerprint: configuration, registered_at }: SpecRecord,
  rows: readonly Row<'variants'>[],
): Promise<string> {
  const key = `variants:${studyId(study)}/${configuration.slice(0, 12)}`;
  if (!(await dataset.hasKey(key))) return key;
  const newest = await dataset.newest('variants', studyId(study));
  const current = rows.every((row) => newest.get(row.run_id)?.fingerprint === row.fingerprint);
  return current ? key : `${key}/${registered_at}`;
}

function variantRows(
  study: TrainedStudy,
  registered: SpecRecord['registered'],
  recorded_at: Date,
): Row<'variants'>[] {
  const row = (variant_id: string, configuration: Readonly<Record<string, unknown>>) => ({
    study: studyId(study),
    variant_id,
    run_id: `${variant_id}/pretrain`,
    attempt: 1,
    recorded_at,
    config_json: JSON.stringify(configuration),
    fingerprint: fingerprint({
      configuration,
      model: study.model,
      checkpoint: registered[variant_id]?.identity ?? null,
    }),
  });
  const configuration = configurationOf(study);
  const variants = study.variants.map((one) => row(one.id, configuration(one)));
  const { base } = study;
  return base ? [row(BASE_VARIANT, trainedConfiguration(study, base)), ...variants] : variants;
}
