/**
 * The command line bundled into one file. Its sources and the libraries that it uses are 1,500
 * files. Finding, compiling and loading them one by one took one second per command; loading one
 * file with V8's code cache takes a tenth of that. esbuild builds the file when there is none for
 * the current sources. Its name is the digest of everything that can be in it, so it is never out
 * of date.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const ROOT = path.resolve(__dirname, '../..');
const FOLDER = path.join(ROOT, '.foretune', 'program');
/** The lock file that npm writes into node_modules identifies the installed libraries. */
const LIBRARIES = path.join('node_modules', '.package-lock.json');
const CONFIG = 'temporal.config.ts';
/**
 * Modules that study files and the configuration import from foretune. They get the bundle's own
 * copies, so that `instanceof` recognizes their errors.
 */
const SHARED = [
  'src/index.ts',
  'src/define-config.ts',
  'src/base/errors.ts',
  'src/domain/study.ts',
];

/**
 * Null when the bundle cannot be built, e.g. because a source is not valid or the folder is not
 * writable. The caller then loads the sources, whose error says why.
 */
async function loadProgram() {
  try {
    const sources = ownFiles();
    const file = path.join(FOLDER, `${digestOf(sources)}.cjs`);
    if (!fs.existsSync(file)) await build(file, new Set(sources));
    return { ...run(file), places: (stack) => withPlaces(stack, file) };
  } catch {
    return null;
  }
}

/** Paths relative to the clone. */
function ownFiles() {
  const found = fs.readdirSync(path.join(ROOT, 'src'), { recursive: true });
  const sources = found.filter((name) => /\.(ts|cjs)$/.test(name)).sort();
  return [...sources.map((name) => path.join('src', name)), CONFIG, 'package.json'];
}

function digestOf(sources) {
  const digest = createHash('sha256').update(`${process.version} ${ROOT}`);
  for (const name of [...sources, LIBRARIES]) {
    const content = fs.readFileSync(path.join(ROOT, name));
    digest.update(`\n${name} ${content.length}\n`).update(content);
  }
  return digest.digest('hex').slice(0, 20);
}

/**
 * The user's configuration is part of the bundle, unless it imports files that the digest does not
 * cover.
 */
async function build(file, sources) {
  fs.mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  for (const old of fs.readdirSync(FOLDER))
    if (!old.startsWith(path.basename(file))) fs.rmSync(path.join(FOLDER, old), { force: true });
  const made = await bundle(file, [...SHARED, CONFIG]);
  const { outputFiles } = isCovered(made, sources) ? made : await bundle(file, SHARED);
  // The bundle itself is written last, since its existence marks the build as complete.
  for (const { path: name, contents } of outputFiles.reverse()) {
    fs.writeFileSync(`${name}.${process.pid}`, contents);
    fs.renameSync(`${name}.${process.pid}`, name);
  }
}

function bundle(file, shared) {
  const entries = shared.map((name) => `${JSON.stringify(name)}: () => require('./${name}')`);
  return require('esbuild').build({
    stdin: {
      contents: `exports.shared = { ${entries.join(', ')} };
        exports.main = (places) => require('./src/cli/main.ts').main(places);`,
      resolveDir: ROOT,
    },
    outfile: file,
    absWorkingDir: ROOT,
    ...{ bundle: true, write: false, metafile: true, platform: 'node', format: 'cjs' },
    target: `node${process.versions.node}`,
    keepNames: true, // errors are recognized by their class's name
    ...{ minifyWhitespace: true, charset: 'ascii', legalComments: 'none' },
    ...{ sourcemap: 'external', sourcesContent: false, logLevel: 'silent' },
    external: ['*/temporal/work-here'],
    plugins: [{ name: 'source paths', setup: keepPlaces }],
  });
}

/**
 * Keeps `__dirname` and `__filename` those of the source file, for code that looks for files next
 * to itself.
 */
function keepPlaces(build) {
  build.onLoad({ filter: /\.(ts|js|cjs)$/ }, async ({ path: file }) => {
    const source = await fs.promises.readFile(file, 'utf8');
    if (!/__(dir|file)name/.test(source)) return undefined;
    const names = { __dirname: path.dirname(file), __filename: file };
    const lines = Object.entries(names).map(
      ([name, value]) => `var ${name}=${JSON.stringify(value)};`,
    );
    return { contents: lines.join('') + source, loader: file.endsWith('.ts') ? 'ts' : 'js' };
  });
}

function isCovered({ metafile }, sources) {
  const own = Object.keys(metafile.inputs).filter(
    (name) => name !== '<stdin>' && !name.includes('node_modules'),
  );
  return own.every((name) => sources.has(path.normalize(name)));
}

function run(file) {
  const cache = `${file}.cache`;
  const cachedData = fs.existsSync(cache) ? fs.readFileSync(cache) : undefined;
  const script = new vm.Script(Module.wrap(fs.readFileSync(file, 'latin1')), {
    filename: file,
    cachedData,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  // On exit, when all functions that were needed have been compiled.
  if (!cachedData) process.once('exit', () => keepCompiled(script, file, cache));
  const program = { exports: {} };
  script.runInThisContext()(program.exports, Module.createRequire(file), program, file, FOLDER);
  share(program.exports.shared);
  loadTypeScriptLate();
  return program.exports;
}

function keepCompiled(script, file, cache) {
  if (!fs.existsSync(file)) return; // a newer build has replaced the file
  try {
    fs.writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    fs.renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // The next command tries again.
  }
}

/** Makes `require` of these files return the bundle's own modules. */
function share(shared) {
  for (const [name, load] of Object.entries(shared)) {
    const file = path.join(ROOT, name);
    const module = new Module(file);
    Object.assign(module, { filename: file, loaded: true });
    Object.defineProperty(module, 'exports', { get: () => orFromSource(file, load) });
    require.cache[file] = module;
  }
}

/**
 * A module that throws is loaded again from its source, so that the error names positions in the
 * source.
 */
function orFromSource(file, load) {
  try {
    return load();
  } catch {
    delete require.cache[file];
    return require(file);
  }
}

/** Loads tsx at the first study file; most commands read none. */
function loadTypeScriptLate() {
  require.extensions['.ts'] = (module, file) => {
    delete require.extensions['.ts'];
    require('tsx/cjs');
    require.extensions['.ts'](module, file);
  };
}

/** The stack trace with positions in the sources. */
function withPlaces(stack, file) {
  const map = new Module.SourceMap(JSON.parse(fs.readFileSync(`${file}.map`, 'utf8')));
  const places = new RegExp(`${file.replace(/[.\\]/g, '\\$&')}:(\\d+):(\\d+)`, 'g');
  return stack.replace(places, (place, line, column) => {
    const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
    if (originalSource === undefined) return place;
    return `${path.resolve(FOLDER, originalSource)}:${originalLine + 1}:${originalColumn + 1}`;
  });
}

module.exports = { loadProgram };
