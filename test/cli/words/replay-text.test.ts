import { replayText } from '../../../src/cli/words/replay-text';
import { replayLoop } from '../../../src/predict/replay';
import { cmsOf, madeUp, withOutcomes } from '../../predict/made-up';

const SETTINGS = { batch: 3, explore: 0.2, seeds: 4 };

test('a replay in words has a row for each number fine-tuned, and says how to read it', async () => {
  const table = withOutcomes(madeUp(12), { v4: null });
  const replay = await replayLoop(table, cmsOf(table), SETTINGS);
  const text = replayText({ study: 'made-up@1', task: 'cms', dataset_version: 7, ...replay });
  expect(text).toMatch(/^made-up@1 on cms: regret after n fine-tuned .* \(dataset version 7\)$/m);
  expect(text).toMatch(/^n +loop +random +inv_ppl_clm +kshot_cms$/m);
  expect(text.match(/^\d+ .*\(.* - .*\)/gm)).toHaveLength(11);
  expect(text).toMatch(/^11 +0 \(0 - 0\) +0 \(0 - 0\) +0 +0$/m);
  expect(text).toMatch(/^until best( +\d+\.\d){4}$/m);
  expect(text).toContain(`best of all 11 variants (${replay.best.variant_id}: `);
  expect(text).toContain('the mean over 4, with the 5% and 95% quantiles in parentheses');
  expect(text).toContain(
    'Not replayed, because an outcome or a value that the predictor needs is missing: v4.',
  );
});
