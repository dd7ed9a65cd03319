/** The environment of Slurm's programs. */
import { inheritedFrom } from '../../base/environment';

/** Slurm's programs find their cluster, and ssh its key, through variables that no job needs. */
export function schedulerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): NodeJS.ProcessEnv {
  const { SLURM_CONF, SSH_AUTH_SOCK } = environment;
  return { ...inheritedFrom(environment), SLURM_CONF, SSH_AUTH_SOCK };
}
