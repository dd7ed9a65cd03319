/** The cheap blocks of the documentation, as they are printed there. */
import { openWorkplace, type Workplace } from '../support/cli';
import { wordsOf } from '../support/page-commands';
import { blockOf, PAGE_RUNS } from '../support/page-runs';

const OURS = PAGE_RUNS.filter(({ by }) => by === 'test/e2e/docs.test.ts');

let workplace: Workplace;
beforeAll(async () => {
  workplace = await openWorkplace();
}, 60_000);
afterAll(() => workplace.close(), 60_000);

it.each(OURS)(
  'the commands in $page run: $begins',
  async (run) => {
    const commands = blockOf(run).text.trim().split('\n').map(wordsOf);
    for (const [npx, foretune, ...words] of commands) {
      expect([npx, foretune]).toEqual(['npx', 'foretune']);
      const { code, stderr } = await workplace.foretune(...words);
      expect({ words, code, why: code === 0 ? '' : stderr }).toEqual({ words, code: 0, why: '' });
    }
  },
  120_000,
);

it('the example ranks models that are not fine-tuned yet, too', async () => {
  const { ranking } = await workplace.json<{ ranking: { fine_tuned: boolean }[] }>(
    ...['recommend', 'own-table', '--task', 'gsm8k'],
  );
  expect(ranking.map(({ fine_tuned }) => fine_tuned)).toContain(false);
}, 60_000);
