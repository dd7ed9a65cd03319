/** Options of sbatch that a cluster's `options` may not name, and what to do instead. Pure. */

/** Options that foretune sets itself. */
const OURS = [
  ...['array', 'job-name', 'output', 'error', 'open-mode', 'export', 'export-file', 'wrap', 'uid'],
  ...['parsable', 'chdir', 'test-only', 'wait', 'get-user-env'],
];

/** Options for which foretune has a setting, since they affect more than sbatch. */
const INSTEAD: Readonly<Record<string, string>> = {
  signal: 'set `signal_before_seconds`',
  requeue: 'set `requeue`',
  'no-requeue': 'set `requeue`',
  nodes: 'set `nodes`',
  ntasks: 'set `tasks_per_node`',
  'ntasks-per-node': 'set `tasks_per_node`',
  gpus: 'set `gpus`, the number per node',
  'gpus-per-node': 'set `gpus`',
  'gpus-per-task': 'set `gpus`, the number per node',
  clusters: 'foretune would not find the jobs of another cluster',
};

/**
 * Why an option, `--name` or `--name=value`, is not passed on, or null. sbatch accepts abbreviated
 * names.
 */
export function whyNotPassed(option: string): string | null {
  const [name = '', value = ''] = option.slice('--'.length).split(/=(.*)/s);
  if (name === 'gres' && value.includes('gpu')) return 'set `gpus` and `gpu_type`';
  if (OURS.some((own) => own.startsWith(name))) return 'foretune sets it itself';
  return Object.entries(INSTEAD).find(([own]) => own.startsWith(name))?.[1] ?? null;
}
