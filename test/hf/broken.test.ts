import { rmSync } from 'node:fs';
import { openWorkplace } from '../support/cli';
import { makeData } from '../support/hugging-face';

test('a missing shard is named before anything runs', async () => {
  const data = makeData();
  const workplace = await openWorkplace();
  try {
    const shell = workplace.with({ FORETUNE_HF_DATA: data, HF_HUB_OFFLINE: '1' });
    const { code, stderr } = await shell.foretune('run', 'test/fixtures/studies/broken-hf.ts');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /slow\/pretrain .*broken-llama" is missing model-00002-of-00004\.safetensors/,
    );
  } finally {
    await workplace.close();
    rmSync(data, { recursive: true, force: true });
  }
}, 600_000);
