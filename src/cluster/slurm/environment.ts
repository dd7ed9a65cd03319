/** What Slurm's programs see of the environment. */
import { inheritedFrom } from '../../base/environment';

/** They find their cluster, and ssh its key, by variables that no job needs. */
export function schedulerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): NodeJS.ProcessEnv {
  const { SLURM_CONF, SSH_AUTH_SOCK } = environment;
  return { ...inheritedFrom(environment), SLURM_CONF, SSH_AUTH_SOCK };
}
