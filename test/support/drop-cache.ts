/** Behind the last end-to-end test. */
export { tearDown as default } from './shared-cache';
