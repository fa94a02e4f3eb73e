import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Problem } from './problem.ts';

/** Digits with at most one point. */
const decimal = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/** The command line of the program that people start with `start`: what it can't take is a problem with exit code 2, which says where help is. */
export function commandLine(start: string) {
  const usage = (message: string) => new Problem(`${message}; ${start} -- --help shows what there is`, { exitCode: 2 });
  return {
    usage,
    parsed<Options extends ParseArgsConfig>(options: Options) {
      try {
        return parseArgs(options);
      } catch (error) {
        throw usage((error as Error).message.split('. ')[0] ?? 'unknown flag');
      }
    },
    /** The value of a flag that takes one of a few names. */
    oneOf<Name extends string>(flag: string, names: readonly Name[], text: string): Name {
      const found = names.find((name) => name === text);
      if (found === undefined) throw usage(`${flag} knows ${names.join(', ')}, not "${text}"`);
      return found;
    },
    /** The value of a flag that takes a number above 0. */
    positive(flag: string, text: string): number {
      const number = decimal(text);
      if (number > 0) return number;
      throw usage(`${flag} takes a number above 0, not "${text}"`);
    },
    /** The value of a flag that takes a whole number. */
    whole(flag: string, text: string, least: number, most: number): number {
      const number = decimal(text);
      if (Number.isInteger(number) && number >= least && number <= most) return number;
      throw usage(`${flag} takes a whole number from ${least} to ${most}, not "${text}"`);
    },
    /** The value, in milliseconds, of a flag that takes a time such as 90s. */
    milliseconds(flag: string, text: string): number {
      const [, amount, unit] = text.match(/^(\d+)(ms|s|m)$/) ?? [];
      if (amount === undefined) throw usage(`${flag} takes a time such as 90s or 5m, not "${text}"`);
      return Number(amount) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
    },
    /** What is to be done, of a program that brings something up or takes it down. */
    verb([verb = 'up', ...rest]: readonly string[]): 'up' | 'down' {
      if (verb !== 'up' && verb !== 'down') throw usage(`unknown command "${verb}"`);
      if (rest.length > 0) throw usage(`unknown argument "${rest.join(' ')}"`);
      return verb;
    },
  };
}
