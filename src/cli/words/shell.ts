/** Variables for a POSIX shell. */
/** Keys without a session token do not go with the token of other keys: it is taken away. */
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
