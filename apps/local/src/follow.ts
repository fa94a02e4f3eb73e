import { closeSync, openSync, readdirSync, readSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/** Calls `onText` with whatever is appended to the logs in `directory` from now on. */
export function follow(directory: string, onText: (text: string) => void): () => void {
  const size = (name: string) => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  const isLog = (name: string) => name.endsWith('.log');
  const offsets = new Map(
    readdirSync(directory)
      .filter(isLog)
      .map((name) => [name, size(name)]),
  );
  const pending = new Map<string, string>();

  function read(name: string): void {
    const offset = Math.min(offsets.get(name) ?? 0, size(name));
    const buffer = Buffer.alloc(size(name) - offset);
    const file = openSync(join(directory, name), 'r');
    readSync(file, buffer, 0, buffer.length, offset);
    closeSync(file);
    offsets.set(name, offset + buffer.length);
    const text = (pending.get(name) ?? '') + buffer.toString('utf8');
    const end = text.lastIndexOf('\n') + 1;
    pending.set(name, text.slice(end));
    if (end > 0) onText(text.slice(0, end));
  }

  const watcher = watch(directory, (_event, name) => {
    if (name && isLog(name) && size(name) > 0) read(name);
  });
  return () => watcher.close();
}
