/** The setup cannot continue; the message says why and what to do. */
export class SetupError extends Error {}

const CAUSES = [
  [
    /EINTEGRITY|hash mismatch|do not match the hashes|Hash mismatch for/i,
    'A package does not match the lock file, so it was not installed. Find out which registry, mirror or cache it came from, then run the setup again.',
  ],
  [
    /ENOSPC|No space left|Disk quota exceeded/i,
    'The disk is full: free about 3 GB, then run the setup again.',
  ],
  [
    /EACCES|EROFS|Permission denied|Read-only file system/i,
    'This folder cannot be written to: check its owner.',
  ],
  [
    /ensurepip|No module named '?(venv|pip)\b/i,
    'This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv; elsewhere install Python from python.org, or install uv (https://docs.astral.sh/uv).',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERTIFICATE_VERIFY_FAILED|UnknownIssuer|invalid peer certificate/i,
    'A certificate is not trusted. Behind a proxy of your own, name its certificate in NODE_EXTRA_CA_CERTS and SSL_CERT_FILE.',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|dns error|failed to lookup|error sending request|Failed to fetch|NewConnectionError|Max retries exceeded|Temporary failure in name resolution|operation timed out/i,
    'The package registry cannot be reached. Check the network and the proxy (HTTPS_PROXY); a mirror is named in npm config (registry) and in pip config (index-url) or UV_DEFAULT_INDEX.',
  ],
  [
    /has no wheels|no wheels? with a matching|not supported wheel|Unsupported platform|EBADPLATFORM/i,
    'There is no package for this platform. Known to work: Linux x64 and arm64 (glibc 2.28 or newer), macOS arm64, with Python 3.11 to 3.14.',
  ],
];

/** Advice about a failed installation, based on the output of the installer. */
export function advice(output) {
  const cause = CAUSES.find(([pattern]) => pattern.test(output));
  return cause
    ? cause[1]
    : 'The lines above say why. Correct the problem and run the setup again: completed steps are skipped.';
}
