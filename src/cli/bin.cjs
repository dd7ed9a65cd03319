#!/usr/bin/env node
/** Starts the command line. */

// The AWS SDK announces on every start that it will need Node 22 in 2027; the version is pinned.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/**
 * A worker loads its code from the sources: it runs for days, and Temporal's SDK bundles the
 * workflows itself.
 */
const isWorker = process.argv.slice(2).includes('worker');

const starting = isWorker ? Promise.resolve(null) : require('./program.cjs').loadProgram();
void starting.then((program) => {
  if (program) return program.main(program.places);
  require('tsx/cjs');
  return require('./main.ts').main();
});
