/** The state folder is private: it has credentials, histories, logs and sockets without a login. */
import { chmodSync, existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { StackError } from '../base/errors';
import { makeFolderSync } from '../base/folders';

const PRIVATE = 0o700;
const OF_OTHERS = 0o077;
/** Set on folders that all users write to, such as /tmp. */
const STICKY = 0o1000;
/** A folder with one of these is a state folder already. */
const MARKS = ['worker.json', 's3-ports.json', 'temporal-ports.json'];

/**
 * Creates the folder, or closes it to other users. Throws StackError if it cannot be created, or if
 * it is open to others and either belongs to one of them or has other files: then it may be shared
 * on purpose.
 */
export function makeStateFolder(folder: string): void {
  try {
    makeFolderSync(folder, PRIVATE);
    if (!isOpen(folder)) return;
    if (isOurs(folder)) chmodSync(folder, PRIVATE);
  } catch (cause) {
    const text = `Cannot make the state folder ${folder}: ${String(cause)}. Check its owner, or set FORETUNE_STATE_DIR.`;
    throw new StackError(text, { cause });
  }
  if (isOpen(folder)) throw new StackError(refusal(folder));
}

/** Windows has no such modes. */
function isOpen(folder: string): boolean {
  return process.platform !== 'win32' && (statSync(folder).mode & OF_OTHERS) !== 0;
}

function isOurs(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  if (uid !== process.getuid?.() || mode & STICKY) return false;
  const isMarked = MARKS.some((name) => existsSync(path.join(folder, name)));
  return isMarked || path.basename(folder) === '.foretune' || readdirSync(folder).length === 0;
}

function refusal(folder: string): string {
  const isShared = (statSync(folder).mode & STICKY) !== 0;
  const advice = 'Set FORETUNE_STATE_DIR to a new folder';
  return (
    `Other users may open the state folder ${folder}. ` +
    (isShared ? `${advice}.` : `${advice}, or run: chmod 700 ${folder}`)
  );
}
