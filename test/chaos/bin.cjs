/** Starts the chaos harness as the command line is started. */

// As in src/cli/bin.cjs: the AWS SDK announces at every start what it will need in 2027.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

require('tsx/cjs');
require('./run.ts');
