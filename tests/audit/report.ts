import type { Breach } from './sources.ts';
import type { Verdict } from './verdict.ts';

/** 0: every statement holds. 1: one does not. 2: the shop did not come to rest, so nobody can say. */
export const exitCode = ({ breaches, unquiet }: Verdict): number =>
  breaches.length > 0 ? 1 : unquiet.length > 0 ? 2 : 0;

/** So many breaches of one statement are printed; --json has all. */
const PRINTED = 10;

function told(statement: string, breaches: readonly Breach[]): string[] {
  const lines = breaches
    .slice(0, PRINTED)
    .flatMap(({ order, trace, expected, found }) => [
      `    ${order ? `order ${order}` : 'no order'}${trace ? `, trace ${trace}` : ''}`,
      `      expected  ${expected}`,
      `      found     ${found}`,
    ]);
  const more = breaches.length - PRINTED;
  return [`  BROKEN: ${statement} (${breaches.length})`, ...lines, ...(more > 0 ? [`    and ${more} more`] : [])];
}

/** A verdict for people. */
export function lines({ looked, lookedSeconds, unquiet, deadLetters, breaches }: Verdict): string[] {
  const { orders, accepted, charges, mails } = looked;
  const count = (n: number) => n.toLocaleString('en');
  const left = unquiet.length > 0 ? [`  still not quiet: ${unquiet.join(', ')}`] : [];
  return [
    `  looked at ${count(orders)} orders (${count(accepted)} known to be accepted), ${count(charges)} charges and ${count(mails)} mails in ${lookedSeconds} s`,
    ...deadLetters.map(({ type, key, place, reason }) => `  dead letter: ${type} of ${key} in ${place}: ${reason}`),
    ...left,
    ...[...Map.groupBy(breaches, ({ statement }) => statement)].flatMap(([name, all]) => told(name, all)),
    ...(breaches.length > 0 ? [] : [left.length > 0 ? '  nothing is broken yet' : '  clean: every statement holds']),
  ];
}
