#!/usr/bin/env node
/** Starts the command line; study files and our own TypeScript are compiled on the fly. */
require('tsx/cjs');
require('./main.ts');
