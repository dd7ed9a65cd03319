/** A recipe's manifest as text. */
import type { Manifest, StageSchema } from '../../domain/manifest';

type Named = Manifest['tasks'] | Manifest['indicators'] | Manifest['domains'];

export function manifestText(name: string, manifest: Manifest): string {
  const { version, stages, tasks, indicators, domains, objectives, sft_recipes } = manifest;
  return [
    `recipe ${name}, version ${version}`,
    names('tasks', tasks),
    names('indicators', indicators),
    names('text domains', domains),
    names('objectives', objectives),
    names('SFT recipes', sft_recipes),
    ...Object.entries(stages).flatMap(([stage, schema]) => [
      '',
      `${stage} reads`,
      ...fields(schema),
    ]),
  ].join('\n');
}

function names(what: string, known: Named): string {
  if (known === 'any') return `${what}: any`;
  const listed = Object.entries(known).map(([name, { label }]) =>
    label && label !== name ? `${name} (${label})` : name,
  );
  return `${what}: ${listed.join(', ') || 'none'}`;
}

function fields({ properties, required }: StageSchema): string[] {
  return Object.entries(properties).map(([name, schema]) => {
    const { default: preset, description } = schema;
    const needed = required.includes(name) && preset === undefined;
    const state = needed
      ? ' (required)'
      : preset === undefined
        ? ''
        : ` (${JSON.stringify(preset)})`;
    const says = typeof description === 'string' ? `: ${description}` : '';
    return `  ${name}${state}${says}`;
  });
}
