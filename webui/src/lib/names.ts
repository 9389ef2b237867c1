// The server's rules for names, checked while they are typed.

const repositoryName = /^[a-z0-9][a-z0-9-]{2,62}$/;
const branchName = /^\w[-\w]{0,255}$/;

/** What is wrong with a repository's id; null if nothing. */
export function repositoryNameError(name: string): string | null {
  if (repositoryName.test(name)) return null;
  if (name.length < 3) return "At least 3 characters.";
  if (name.length > 63) return "At most 63 characters.";
  return "Small letters, digits and hyphens only; not a hyphen first.";
}

export function branchNameError(name: string): string | null {
  if (branchName.test(name)) return null;
  return "Letters, digits, underscores and hyphens only; not a hyphen first.";
}

/** Whether a text fits an expression of the server; one that browsers cannot read fits all. */
export function fitsPattern(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return true;
  }
}
