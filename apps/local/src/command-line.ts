import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Problem } from './problem.ts';

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
    /** What is to be done, of a program that brings something up or takes it down. */
    verb([verb = 'up', ...rest]: readonly string[]): 'up' | 'down' {
      if ((verb === 'up' || verb === 'down') && rest.length === 0) return verb;
      throw usage(`unknown command "${[verb, ...rest].join(' ')}"`);
    },
  };
}
