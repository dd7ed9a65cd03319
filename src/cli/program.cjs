/**
 * The command line as one file. Its sources and the libraries that it uses are 1,500 files, and to find, compile and
 * load them one by one took a second of every command; in one file, with V8's code cache beside it, it takes a
 * tenth of that. The file is made by esbuild where there is none for the sources as they are: its name is the digest
 * of all that may be in it, so that it is never older than they are.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const ROOT = path.resolve(__dirname, '../..');
const FOLDER = path.join(ROOT, '.foretune', 'program');
/** Of libraries, what is installed is known by the lock that npm leaves beside it. */
const LIBRARIES = path.join('node_modules', '.package-lock.json');
const CONFIG = 'temporal.config.ts';
/** What study files and the configuration import of ours: the program's own, so that its errors are known as such. */
const SHARED = [
  'src/index.ts',
  'src/define-config.ts',
  'src/base/errors.ts',
  'src/domain/study.ts',
];

/** Null where it cannot be made, as where a source is not valid or the folder not writable: the sources say why. */
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

/** Relative to the clone. */
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

/** The user's configuration is part of it, unless it imports what the digest does not see. */
async function build(file, sources) {
  fs.mkdirSync(FOLDER, { recursive: true, mode: 0o700 });
  for (const old of fs.readdirSync(FOLDER))
    if (!old.startsWith(path.basename(file))) fs.rmSync(path.join(FOLDER, old), { force: true });
  const made = await bundle(file, [...SHARED, CONFIG]);
  const { outputFiles } = isCovered(made, sources) ? made : await bundle(file, SHARED);
  // The program last: it is looked for.
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
    keepNames: true, // an error's class is known by its name
    ...{ minifyWhitespace: true, charset: 'ascii', legalComments: 'none' },
    ...{ sourcemap: 'external', sourcesContent: false, logLevel: 'silent' },
    external: ['*/temporal/work-here'],
    plugins: [{ name: 'places of files', setup: keepPlaces }],
  });
}

/** Code that looks for files beside it finds them where its source is. */
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
  // At the end, when what was needed has been compiled.
  if (!cachedData) process.once('exit', () => keepCompiled(script, file, cache));
  const program = { exports: {} };
  script.runInThisContext()(program.exports, Module.createRequire(file), program, file, FOLDER);
  share(program.exports.shared);
  loadTypeScriptLate();
  return program.exports;
}

function keepCompiled(script, file, cache) {
  if (!fs.existsSync(file)) return; // the sources were changed meanwhile
  try {
    fs.writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    fs.renameSync(`${cache}.${process.pid}`, cache);
  } catch {
    // The next command tries again.
  }
}

/** Whoever requires one of these files gets the program's own. */
function share(shared) {
  for (const [name, load] of Object.entries(shared)) {
    const file = path.join(ROOT, name);
    const module = new Module(file);
    Object.assign(module, { filename: file, loaded: true });
    Object.defineProperty(module, 'exports', { get: () => orFromSource(file, load) });
    require.cache[file] = module;
  }
}

/** A file that throws is loaded once more from its source, whose places the error then names. */
function orFromSource(file, load) {
  try {
    return load();
  } catch {
    delete require.cache[file];
    return require(file);
  }
}

/** For study files; most commands read none. */
function loadTypeScriptLate() {
  require.extensions['.ts'] = (module, file) => {
    delete require.extensions['.ts'];
    require('tsx/cjs');
    require.extensions['.ts'](module, file);
  };
}

/** A stack with places in the sources. */
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
