/** Jobs whose workflows are gone: part of steering.test.ts. */
import { connectClient } from '../../src/temporal/client';
import { studyWorkflowId, variantWorkflowId } from '../../src/domain/ids';
import { endpointsOf } from '../../src/stack/stack';
import { FOUR_ONCE, type ScriptedWorkplace } from '../support/scripted';

export function testOrphans(at: () => ScriptedWorkplace): void {
  const lose = async (study: string, variant: string) => {
    const file = at().study(study, [variant, `${variant}b`]);
    at().order('wait', `${variant}.pretrain`);
    const client = at().start('run', file);
    await at().begun(`${variant}/pretrain`, client);
    await at().recorded(`${study}@1`, `${variant}b/evaluate/cms/full/seed0`, 'done');
    await terminate(at(), studyWorkflowId(`${study}@1`), variantWorkflowId(`${study}@1`, variant));
    const stopped = await client.ended;
    expect(stopped).toMatchObject({ code: 1, stdout: '' });
    expect(stopped.stderr).toContain(`npx foretune resume ${study}@1`);
    const found = await at().foretune('orphans', '-o', 'json');
    expect(found).toMatchObject({ code: 2 });
    const orphan = { cluster: 'local', study: `${study}@1`, variant_id: variant };
    expect(JSON.parse(found.stdout)).toMatchObject([orphan]);
  };

  it('are adopted: they are found again, not started again', async () => {
    await lose('adopted', 'o1');
    const both = await at().foretune('orphans', '--adopt', '--end');
    expect(both).toMatchObject({ code: 1, stdout: '' });
    const adopted = await at().foretune('orphans', '--adopt');
    expect(adopted).toMatchObject({ code: 0 });
    expect(adopted.stderr).toContain('adopted@1 is running again');
    at().letGo('o1.pretrain');
    expect(await at().foretune('resume', 'adopted')).toMatchObject({ code: 0 });
    for (const variant of ['o1', 'o1b']) expect(at().seenOf(variant)).toEqual(FOUR_ONCE);
    expect(await at().json('orphans')).toEqual([]);
  });

  it('are ended, and their study tries them again', async () => {
    await lose('ended', 'o2');
    const table = await at().foretune('orphans', '--end');
    expect(table).toMatchObject({ code: 0 });
    expect(table.stdout).toMatch(/^local +\S+ +ended@1 +o2 /m);
    expect(await at().json('orphans')).toEqual([]);
    at().letGo('o2.pretrain');
    expect(await at().foretune('resume', 'ended')).toMatchObject({ code: 0 });
    expect(at().seen('o2/pretrain')).toEqual({ starts: 2, ends: 1 });
    expect(at().successes('o2')).toEqual([1, 1, 1, 1]);
    expect(at().seenOf('o2b')).toEqual(FOUR_ONCE);
  });
}

/** As somebody who tidies up in Temporal's browser interface. */
async function terminate({ config }: ScriptedWorkplace, ...workflowIds: string[]): Promise<void> {
  const { workflow, connection } = await connectClient(config, endpointsOf(config));
  for (const id of workflowIds) await workflow.getHandle(id).terminate('tidied up');
  await connection.close();
}
