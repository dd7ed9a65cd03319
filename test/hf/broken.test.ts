import { rmSync } from 'node:fs';
import { openWorkplace } from '../support/cli';
import { makeData } from '../support/hugging-face';

type TableRow = Readonly<Record<string, string | number | null>>;

test("a missing shard fails the runs that read it, in the library's own words", async () => {
  const data = makeData();
  const workplace = await openWorkplace();
  try {
    const shell = workplace.with({ FORETUNE_HF_DATA: data, HF_HUB_OFFLINE: '1' });
    const ended = await shell.foretune('run', 'test/fixtures/studies/broken-hf.ts');
    expect(ended.code).toBe(2);
    const runs = await shell.json<TableRow[]>('data', 'show', 'runs', '--study', 'broken-hf');
    const failed = runs.filter((row) => row.status === 'failed' && row.stage === 'pretrain');
    expect(failed.map((row) => row.variant_id).sort()).toEqual(['quick', 'slow']);
    for (const row of failed) {
      expect(row.failure_class).toBe('user_code');
      expect(row.error).toMatch(/FileNotFoundError: .*broken-llama\/model-00002-of-/);
    }
  } finally {
    await workplace.close();
    rmSync(data, { recursive: true, force: true });
  }
}, 600_000);
