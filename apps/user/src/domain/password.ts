import { commonPasswords } from './common-passwords.ts';

const shortest = 10;
const longest = 128;

/** Two ways to type the same character are the same character. */
export const normalPassword = (password: string): string => password.normalize('NFC');

/**
 * Why `password` is too weak for the account of `email`, or nothing. In the spirit of NIST SP 800-63B: length, a list of what everyone
 * tries first, the account's own address; no rule about digits or symbols, which only make passwords alike. (Revision 4 asks for
 * 15 characters where nothing but the password protects; a shop with a rate limit asks for 10.)
 */
export function passwordProblem(password: string, email: string): string | undefined {
  const characters = [...normalPassword(password)];
  if (characters.length < shortest) return `at least ${shortest} characters`;
  if (characters.length > longest) return `at most ${longest} characters`;
  const lower = characters.join('').toLowerCase();
  const address = email.trim().toLowerCase();
  if (lower.includes(address) || address.includes(lower)) return 'must not be the mail address';
  if (commonPasswords.has(lower) || new Set(lower).size < 4) return 'one of the first that anyone would try';
  return undefined;
}
