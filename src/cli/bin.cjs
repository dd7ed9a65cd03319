#!/usr/bin/env node
/** Starts the command line; study files and our own TypeScript are compiled on the fly. */

// The AWS SDK announces on every start that it will need Node 22 in 2027; the version is pinned.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

require('tsx/cjs');
require('./main.ts');
