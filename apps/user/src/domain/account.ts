/** What an address may look like: one @, a dot in the domain, and nothing that a mail header would take for more than one address. */
const addressPattern = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+\.[^\s@<>()[\]\\,;:"]+$/;
const controlCharacters = /\p{Cc}/u;
const longestEmail = 254;
const longestName = 100;

/** An address as it is kept: as its owner writes it, less the space around it. */
export const tidyEmail = (email: string): string => email.normalize('NFC').trim();

/** What makes two addresses the same. */
export const emailKey = (email: string): string => tidyEmail(email).toLowerCase();

/** Why `email` can't be an address, or nothing. */
export function emailProblem(email: string): string | undefined {
  const tidy = tidyEmail(email);
  if (tidy.length > longestEmail) return `at most ${longestEmail} characters`;
  return addressPattern.test(tidy) && !controlCharacters.test(tidy) ? undefined : 'not a mail address';
}

/** Why `name` can't be the name of a person or a key, or nothing. */
export function nameProblem(name: string): string | undefined {
  const { length } = name.trim();
  if (length === 0) return 'must not be empty';
  if (length > longestName) return `at most ${longestName} characters`;
  return controlCharacters.test(name) ? 'no control characters' : undefined;
}
