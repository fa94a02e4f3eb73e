import { command } from '../command.ts';

/** Where a release lives. */
export interface Place {
  context: string;
  namespace: string;
}

/** Runs kubectl in a namespace. */
export const kubectl = ({ context, namespace }: Place, ...args: string[]): Promise<string> =>
  command('kubectl', ['--context', context, '--namespace', namespace, ...args]);

/** Makes `objects` as they are given, whoever made them before. */
export async function apply({ context, namespace }: Place, objects: readonly object[]): Promise<void> {
  if (objects.length === 0) return;
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const how = ['--server-side', '--force-conflicts', '--field-manager', 'chandlery', '-f', '-'];
  await command('kubectl', ['--context', context, '--namespace', namespace, 'apply', ...how], { input });
}
