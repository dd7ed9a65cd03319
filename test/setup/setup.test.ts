import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeClone, NPM, pythonOf, UV, type Clone } from '../support/clone';

let clone: Clone;
beforeEach(() => void (clone = makeClone()));
afterEach(() => clone.remove());

function goodMachine(): void {
  clone.program('npm', NPM);
  clone.program('uv', UV);
  clone.program('python3', pythonOf('3.12.1'));
}

describe('set-up', () => {
  it('installs Node packages, makes an environment and fills it, and says so', () => {
    goodMachine();
    const { code, said } = clone.setUp();
    expect(code).toBe(0);
    expect(said).toMatch(/Setting up foretune in .*, once:/);
    expect(said).toMatch(/Installing Node packages: done in \d+ s/);
    expect(said).toMatch(/Creating \.venv with Python 3\.12\.1: done/);
    const calls = clone.calls().join('\n');
    expect(calls).toMatch(/^npm ci --include=dev/m);
    expect(calls).toMatch(/^uv pip sync --require-hashes .*requirements\.lock$/m);
  });

  it('does nothing and says nothing when all is done', () => {
    goodMachine();
    clone.setUp();
    const before = clone.calls();
    expect(clone.setUp()).toEqual({ code: 0, said: '' });
    expect(clone.calls()).toEqual(before);
  });

  it('says to a person that all is done', () => {
    goodMachine();
    clone.setUp();
    expect(clone.setUpByHand()).toEqual({ code: 0, said: 'Everything is set up.\n' });
  });

  it.each(['--hff', '--test=1', 'hf'])('refuses the option %s, and installs nothing', (option) => {
    goodMachine();
    const { code, said } = clone.setUpByHand('--test', option);
    expect(code).toBe(1);
    expect(said).toContain(`"${option}", expected one of --test, --hf`);
    expect(said).toContain('Usage: node infra/setup.mjs [--test] [--hf]');
    expect(clone.calls()).toEqual([]);
  });

  it('lists the options, and installs nothing', () => {
    goodMachine();
    const { code, said } = clone.setUpByHand('--help');
    expect({ code, calls: clone.calls() }).toEqual({ code: 0, calls: [] });
    expect(said).toMatch(/^Usage: .*--hf/s);
  });

  it('adds what the tests need to an environment of studies, and keeps it afterwards', () => {
    goodMachine();
    clone.setUp();
    const { said } = clone.setUp('--test');
    expect(said).not.toContain('Node packages');
    expect(clone.calls().at(-1)).toMatch(/requirements-test\.lock$/);
    expect(clone.setUp().said).toBe('');
  });

  it('makes an environment of its own for Hugging Face models, only where it is asked for', () => {
    goodMachine();
    clone.setUp('--test');
    expect(clone.calls().join('\n')).not.toContain('requirements-hf.lock');
    const { code, said } = clone.setUp('--test', '--hf');
    expect(code).toBe(0);
    expect(said).toMatch(/Creating hf-venv with Python 3\.12\.1: done/);
    expect(clone.calls().at(-1)).toMatch(/hf-venv\/bin\/python .*requirements-hf\.lock$/);
    expect(clone.setUp('--test', '--hf').said).toBe('');
  });

  it('lets recipes in Python import the protocol, wherever the clone is', () => {
    goodMachine();
    const packages = path.join(clone.folder, '.venv/lib/python3.12/site-packages');
    mkdirSync(packages, { recursive: true });
    clone.setUp();
    const entry = readFileSync(path.join(packages, 'foretune.pth'), 'utf8').trim();
    expect(path.resolve(packages, entry)).toBe(path.join(clone.folder, 'recipes/protocol'));
    expect(path.isAbsolute(entry)).toBe(false);
  });

  it('goes on with what is missing after it was stopped', () => {
    goodMachine();
    clone.program(
      'uv',
      'case "$1" in --version) echo "uv 0.99.0";; *) echo "No space left"; exit 1;; esac',
    );
    expect(clone.setUp().code).toBe(1);
    clone.program('uv', UV);
    const { code, said } = clone.setUp();
    expect(code).toBe(0);
    expect(said).not.toContain('Node packages');
  });
});

describe('set-up stops', () => {
  /** What is said, without a trace of our own code. */
  function stopped(): string {
    const { code, said } = clone.setUp();
    expect(code).toBe(1);
    expect(said).toContain('The set-up stopped: ');
    expect(said).not.toContain('.mjs:');
    return said;
  }

  it('without a Python, and says how to get one', () => {
    clone.program('npm', NPM);
    expect(stopped()).toMatch(
      /No Python 3\.11 or newer on PATH \(found none at all\).*python3-venv/,
    );
  });

  it('with a Python that is too old, and names it', () => {
    clone.program('npm', NPM);
    clone.program('python3', pythonOf('3.9.18'));
    expect(stopped()).toMatch(/python3 is 3\.9\.18/);
  });

  it('with a Python that has neither venv nor pip, and names the package', () => {
    clone.program('npm', NPM);
    clone.program('python3', pythonOf('3.11.2', 'echo "No module named venv"; exit 1'));
    expect(stopped()).toMatch(/No module named venv[^]*apt-get install python3-venv/);
  });

  it('when npm fails, with the cause and not the usage of npm', () => {
    clone.program(
      'npm',
      `/bin/cat >&2 <<'END'
npm warn an old setting
npm error code EUSAGE
npm error
npm error \`npm ci\` can only install packages when your package.json and package-lock.json are in sync.
npm error
npm error Missing: left-pad@1.3.0 from lock file
npm error
npm error Clean install a project
npm error
npm error Usage:
npm error npm ci
npm error
npm error Options:
npm error [--install-strategy <hoisted>]
END
exit 1`,
    );
    const said = stopped();
    expect(said).toContain('Missing: left-pad@1.3.0 from lock file');
    expect(said).not.toMatch(/Options:|install-strategy|old setting/);
  });

  it.each([
    ['ENOTFOUND registry.example', /HTTPS_PROXY/],
    ['EINTEGRITY sha512', /does not match the lock file/],
    ['ENOSPC: no space left', /disk is full/],
    ['EACCES: permission denied', /check its owner/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /NODE_EXTRA_CA_CERTS/],
  ])('when npm says %s, and says what to do', (line, advice) => {
    clone.program('npm', `echo "npm error ${line}" >&2; exit 1`);
    expect(stopped()).toMatch(advice);
  });

  it('without npm', () => {
    expect(stopped()).toContain('npm ci');
  });
});
