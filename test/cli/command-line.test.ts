import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { version } from '../../package.json';
import { jsonSchema } from '../../src/cli/commands/schema';
import { ownClone } from '../support/own-clone';
import { ROOT } from '../support/root';
import { TINY } from '../support/studies';

const BIN = path.join('src', 'cli', 'bin.cjs');

let folder: string;
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'foretune-cli-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** A command that needs no server; both streams and the exit code. */
function foretune(args: readonly string[], variables: NodeJS.ProcessEnv = {}, root = ROOT) {
  const bin = path.join(root, BIN);
  const env = { PATH: process.env.PATH, HOME: folder, FORETUNE_STATE_DIR: folder, ...variables };
  const ended = spawnSync(process.execPath, [bin, ...args], { env, encoding: 'utf8', cwd: folder });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

it('Help goes to stdout, exits 0 and names every command', () => {
  const { code, stdout, stderr } = foretune(['--help']);
  expect([code, stderr]).toEqual([0, '']);
  const registered = readdirSync(path.join(ROOT, 'src', 'cli', 'commands'))
    .map((name) => readFileSync(path.join(ROOT, 'src', 'cli', 'commands', name), 'utf8'))
    .flatMap((text) => /program\s*\.command\('(\w+)'\)/.exec(text)?.[1] ?? []);
  expect(registered.length).toBeGreaterThan(12);
  for (const name of registered) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

it("The version is the package's", () => {
  expect(foretune(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

it.each(['run', 'plan', 'add'])('%s takes what changes a study file', (command) => {
  const { stdout } = foretune([command, '--help']);
  for (const option of ['--seed <n>', '--cluster <name>', '--variants <n>'])
    expect(stdout).toContain(option);
});

it('Help of a command lists its options and its own exit codes', () => {
  const { code, stdout } = foretune(['run', '--help']);
  expect(code).toBe(0);
  for (const option of ['--seed', '--cluster', '--dry-run', '--output'])
    expect(stdout).toContain(option);
  expect(stdout).toContain('exit 10');
});

describe('What cannot be understood exits 1, with words on stderr and nothing on stdout:', () => {
  it.each([
    ['a mistyped command', ['rnu', 'x.ts'], /Did you mean run\?/],
    ['a mistyped option', ['run', 'x.ts', '--sed', '3'], /Did you mean --seed\?/],
    ['a format of nobody', ['list', '-o', 'yaml'], /text, json, jsonl/],
    ['a seed that is no number', ['run', 'x.ts', '--seed', '1.5'], /whole number/],
    ['no command at all', [], /Commands:/],
  ])('%s', (_, args, words) => {
    const { code, stdout, stderr } = foretune(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('a study that is wrong', () => {
    const file = path.join(folder, 'wrong.cjs');
    writeFileSync(file, 'exports.default = { kind: "trained", name: "wrong", tasks: ["cmss"] };');
    const { code, stdout, stderr } = foretune(['run', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('cmss');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it.each([
    ['run', '--cluster', 'locla'],
    ['run', '--cluster', 'locla', '--dry-run'],
    ['plan', '--cluster', 'locla'],
    ['add', '--cluster', 'locla'],
    ['plan'],
  ])('a cluster that is not configured: %s %s %s %s', (command, ...options) => {
    const cluster = options.length ? 'local' : 'locla';
    const file = path.join(folder, 'elsewhere.cjs');
    writeFileSync(file, `exports.default = ${JSON.stringify({ ...TINY, cluster })};`);
    const { code, stdout, stderr } = foretune([command, file, ...options]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^foretune: There is no cluster "locla".*Did you mean "local"\? Known: local, slurm\./,
    );
  });

  it.each([
    ['does not parse', 'export default {\n  name: };', /slip\.ts:2:8: ERROR: Unexpected "}"$/m],
    [
      'imports what is not there',
      "import './nowhere';",
      /'.\/nowhere'\n {2}at \S+slip\.ts:1:\d+$/m,
    ],
  ])('a study file that %s', (_, text, words) => {
    const file = path.join(folder, 'slip.ts');
    writeFileSync(file, text);
    const { code, stdout, stderr } = foretune(['run', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  it('a temporal.config.ts that does not parse', () => {
    const own = ownClone(["const notify: Settings['notify'] = {};", 'const notify = {']);
    const { code, stdout, stderr } = foretune(['list'], {}, own.folder);
    own.remove();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^foretune: "\S+temporal\.config\.ts" cannot be loaded\. /);
    expect(stderr).toMatch(/temporal\.config\.ts:\d+:\d+: ERROR/);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('a number of variants for a study on record', () => {
    const { code, stdout, stderr } = foretune(['plan', 'noop-50', '--variants', '4']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/"noop-50" is not a study file, and --variants 4 overrides/);
  });

  it('a file without a study', () => {
    const { code, stdout, stderr } = foretune(['run', path.join(ROOT, 'src/cli/context.ts')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('no default export');
  });

  it('an environment that is wrong', () => {
    const { code, stdout, stderr } = foretune(['list'], { S3_ENDPOINT: 'minio' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('S3_ENDPOINT');
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe('What is not there exits 4:', () => {
  it.each([
    ['a study file', ['run', 'nowhere.ts'], /There is no study file "nowhere\.ts"/],
    ['a table', ['data', 'show', 'outcome'], /Did you mean "outcomes"\?/],
  ])('%s', (_, args, words) => {
    const { code, stdout, stderr } = foretune(args);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toMatch(words);
  });
});

it.each(['study', 'job', 'result', 'progress'])('There is a JSON Schema of a %s', (name) => {
  expect(JSON.parse(JSON.stringify(jsonSchema(name)))).toHaveProperty('$schema');
});

it('A result in one line of JSON is the only thing on stdout', () => {
  const { stdout } = foretune(['-o', 'jsonl', 'doctor']);
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(JSON.parse(stdout)).toHaveProperty('checks');
});

it('Down, where nothing runs, says so and exits 0', () => {
  expect(foretune(['down'])).toEqual({ code: 0, stdout: 'Nothing was running.\n', stderr: '' });
});

it('Down lists what it stopped in JSON, too', () => {
  expect(JSON.parse(foretune(['down', '-o', 'json']).stdout)).toEqual({ stopped: [] });
});

it('Control characters in what an error names are shown, not sent to the terminal', () => {
  const { stderr } = foretune(['run', 'a\x1b[2J\u202e.ts']);
  expect(stderr).toContain('"a\\x1b[2J\\u202e.ts"');
  expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
});

describe('Output that cannot be written', () => {
  /** The command with a redirection of the shell; its exit code and what stderr says. */
  function redirected(args: string, rest: string) {
    const env = { PATH: process.env.PATH, HOME: folder, FORETUNE_STATE_DIR: folder };
    const line = `"${process.execPath}" "${path.join(ROOT, BIN)}" ${args} ${rest}`;
    const { stderr, status } = spawnSync('bash', ['-c', line], { env, encoding: 'utf8' });
    return { status, stderr };
  }

  it('because the reader has left, ends the command quietly, with its own exit code', () => {
    const gone = '| true; exit ${PIPESTATUS[0]}';
    expect(redirected('schema job', gone)).toEqual({ status: 0, stderr: '' });
    expect(redirected('rnu 2>&1', gone)).toEqual({ status: 1, stderr: '' });
  });

  const onLinux = existsSync('/dev/full') ? it : it.skip;
  onLinux('because no space is left, is one line and exits 1', () => {
    expect(redirected('schema job', '> /dev/full')).toEqual({
      status: 1,
      stderr:
        'foretune: The output cannot be written: no space is left where stdout goes (ENOSPC).\n',
    });
  });
});
