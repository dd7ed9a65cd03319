/**
 * Export statements for a POSIX shell. A session token that is already set in the shell belongs to
 * other keys, so it is unset when the variables have keys without a token.
 */
export function shellScript(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${shellQuote(value)}`,
  );
  const foreignToken = 'AWS_ACCESS_KEY_ID' in variables && !('AWS_SESSION_TOKEN' in variables);
  return [...lines, ...(foreignToken ? ['unset AWS_SESSION_TOKEN'] : [])].join('\n');
}

/** Safe in every POSIX shell, whatever the value holds. */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
