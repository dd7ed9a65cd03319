/**
 * Text of others, such as logs, names and cells of tables, as a terminal may show it. A terminal
 * would obey the control characters in it: it would erase lines, or show text in another order.
 */

/** All control characters but line breaks and tabs, and the overrides of bidirectional text. */
const OBEYED = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Control characters become visible escapes such as `\x1b` or `\u009b`. JSON stays JSON: it has no
 * raw characters below a space, and reads the escapes of the others back.
 */
export function printable(text: string): string {
  return text.replace(OBEYED, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** As `printable`; each state of a progress bar, which ends in a carriage return, gets a line. */
export function printableLog(text: string): string {
  return printable(text.replace(/\r+\n?/g, '\n'));
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
