import { comparisonText, recommendationText } from '../../../src/cli/words/answer-text';
import { compareVariants } from '../../../src/predict/compare';
import { recommendVariants, type Recommendation } from '../../../src/predict/recommend';
import { cmsOf, madeUp, withIndicators } from '../../predict/made-up';

const study = { study: 'made-up@1', task: 'cms', dataset_version: 7 };
const high = withIndicators(madeUp(12), 'v0', { inv_ppl_clm: 3, inv_ppl_sc: 3 });
const measured = withIndicators(high, 'v1', { inv_ppl_clm: -3, inv_ppl_sc: -3 });

async function compared(a: string, b: string): Promise<string> {
  const names = { a: `made-up/${a}`, b: `made-up/${b}` };
  const found = await compareVariants(measured, cmsOf(measured), [a, b]);
  return comparisonText({ ...study, ...names, ...found });
}

describe('the words of a comparison', () => {
  it('name the better variant, how sure it is, what decided, and what was not used', async () => {
    const text = await compared('v0', 'v1');
    expect(text).toMatch(
      /^made-up\/v0 is likely to be better than made-up\/v1 on cms: probability 0\.9\d\d, 95% interval 0\.\d{3} to [01]\.\d{3}\.$/m,
    );
    expect(text).toMatch(/^inv_ppl_sc +3 +-3 +made-up\/v0 +0\.\d{3} +made-up\/v0 \(\d\.\d\d\)$/m);
    expect(text).toMatch(/^Predictor pairwise: inv_ppl_\w+ decided most\./m);
    expect(text).toContain(
      'The outcomes of these two variants were not used: the predictor was trained on 10 other variants of made-up@1 (dataset version 7).',
    );
    expect(text).toMatch(/on 45 pairs of those variants, the predictor had accuracy \d\.\d{3}/);
  });

  it('say the same whichever variant is named first', async () => {
    const [one, other] = [await compared('v1', 'v0'), await compared('v0', 'v1')];
    expect(one.split('\n')[0]).toBe(other.split('\n')[0]);
  });

  it('say when it is too close to call', async () => {
    const copied = await compareVariants(measured, cmsOf(measured), ['v0', 'v1']);
    const text = comparisonText({
      ...study,
      ...{ a: 'x/1', b: 'x/2', ...copied, verdict: 'too-close', decided_by: null },
    });
    expect(text).toMatch(
      /^Too close to call: whether x\/1 or x\/2 will be better on cms is uncertain/,
    );
    expect(text).toContain('Nothing decided.');
  });

  it('say which way a measure is better, and show it as it was measured', async () => {
    const found = await compareVariants(measured, cmsOf(measured), ['v0', 'v1']);
    const [first, ...rest] = found.evidence;
    if (!first) throw new TypeError('there is evidence');
    const lower = { ...first, indicator: 'loss', better: 'lower', value_a: 2.5 } as const;
    const names = { a: 'x/1', b: 'x/2' };
    const text = comparisonText({ ...study, ...names, ...found, evidence: [lower, ...rest] });
    expect(text).toMatch(/^loss \(lower is better\) +2\.5 /m);
  });

  it('say nothing of parts where the predictor does not add up', async () => {
    const found = await compareVariants(measured, cmsOf(measured), ['v0', 'v1']);
    const evidence = found.evidence.map((one) => ({ ...one, contribution: null }));
    const names = { a: 'x/1', b: 'x/2', predictor: 'ltc:mlp' };
    const text = comparisonText({ ...study, ...found, ...names, evidence, decided_by: null });
    expect(text).toContain('This is the answer of predictor ltc:mlp.');
    expect(text).not.toContain('"speaks for" is');
  });
});

describe('the words of a recommendation', () => {
  let found: Recommendation;
  beforeAll(async () => {
    found = await recommendVariants(measured, cmsOf(measured), 3);
  });
  const savings = { unit: 'gpu_hours', per_variant: 1.5, saved: 13.5, n_measured: 12 } as const;

  it('mark the first, say the risk, the saving, and that own outcomes were not used', () => {
    const text = recommendationText({ ...study, ...found, savings });
    expect(text.match(/^\d+ \* /gm)).toHaveLength(3);
    expect(text).toContain('... and 2 more; -o json lists all');
    expect(text).toMatch(
      /best of all 12 is among the marked variants with probability 0\.\d{3}; choosing/,
    );
    expect(text).toContain(
      'Compared with fine-tuning all 12, this saves 13.5 GPU-hours, at 1.5 per variant.',
    );
    expect(text).toContain("No variant's own outcome was used");
  });

  it('say what is not known, and which variants could not be ranked', () => {
    const lacking = { variant_id: 'v9', missing: ['kshot_rag', 'kshot_cms'] };
    const text = recommendationText({ ...study, ...found, not_ranked: [lacking], savings: null });
    expect(text).toContain('The cost of fine-tuning was not recorded');
    expect(text).toContain('Not ranked: v9, which has no kshot_rag, kshot_cms yet.');
    const byClock = { ...savings, unit: 'wall_hours' } as const;
    expect(recommendationText({ ...study, ...found, savings: byClock })).toContain(
      '13.5 hours of wall time',
    );
  });
});
