/**
 * A real headless Chromium, with the libraries and the font that its npm package brings, so that a
 * bare machine is enough. The package has a build for Linux on x64; elsewhere an installed Chrome
 * is used.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type LaunchOptions } from 'playwright-core';

/** Within the package, so that another version of it is unpacked again. */
const PLACE = path.join(require.resolve('@sparticuz/chromium'), '../../../unpacked');

export async function openBrowser(): Promise<Browser> {
  const isPackaged = process.platform === 'linux' && process.arch === 'x64';
  return chromium.launch(isPackaged ? await packaged() : { channel: 'chrome' });
}

/**
 * Chromium's own sandbox needs rights that root and containers do not have; the pages are our own.
 */
async function packaged(): Promise<LaunchOptions> {
  const dir = await unpack();
  return {
    executablePath: path.join(dir, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    env: {
      HOME: dir,
      LD_LIBRARY_PATH: path.join(dir, 'al2023', 'lib'),
      FONTCONFIG_FILE: path.join(dir, 'fonts.conf'),
    },
  };
}

/** Unpacks once, next to its place and then renamed: a killed test leaves no incomplete browser. */
async function unpack(): Promise<string> {
  if (existsSync(PLACE)) return PLACE;
  const dir = await mkdtemp(`${PLACE}-`);
  await unpackInto(dir);
  await writeFile(path.join(dir, 'fonts.conf'), fontsConfig(PLACE));
  // Another test may have been faster; its copy is as good.
  await rename(dir, PLACE).catch(() => rm(dir, { recursive: true }));
  return PLACE;
}

/**
 * The package unpacks into the system's temporary folder, and its libraries only where it believes
 * to be on AWS Lambda. Both are read from the environment, which another process can have.
 */
async function unpackInto(dir: string): Promise<void> {
  const code = "require('@sparticuz/chromium').executablePath()";
  const env = { ...process.env, TMPDIR: dir, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' };
  await promisify(execFile)(process.execPath, ['-e', code], { cwd: __dirname, env });
}

/** One font and no other: the page has the same widths on every machine. */
function fontsConfig(dir: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${dir}/fonts</dir>
  <cachedir>${dir}/fonts-cache</cachedir>
</fontconfig>
`;
}
