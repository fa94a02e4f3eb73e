import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Graph {
  nodes: Record<string, { data: { tags: string[] } }>;
  dependencies: Record<string, { target: string }[]>;
}

function graph(): Graph {
  const directory = mkdtempSync(join(tmpdir(), 'graph-'));
  const file = join(directory, 'graph.json');
  execFileSync('nx', ['graph', '--file', file], { stdio: 'pipe', env: { ...process.env, NX_DAEMON: 'false' } });
  const { graph: found } = JSON.parse(readFileSync(file, 'utf8')) as { graph: Graph };
  rmSync(directory, { recursive: true });
  return found;
}

const { nodes, dependencies } = graph();
const edges = Object.entries(dependencies).flatMap(([source, to]) => to.map(({ target }) => [source, target] as const));
const isApp = (name: string) => nodes[name]?.data.tags.includes('type:app');

test('the graph knows the packages and their dependencies', () => {
  expect(Object.keys(nodes)).toContain('@chandlery/order');
  expect(edges).toContainEqual(['@chandlery/order', '@chandlery/messaging']);
});

describe('an app is nobody’s dependency', () => {
  test.each(edges)('%s may use %s', (_, target) => expect(isApp(target)).toBe(false));
});

describe('the lowest libraries use no other', () => {
  const lowest = ['@chandlery/contracts', '@chandlery/config', '@chandlery/resilience'];
  test.each(lowest)('%s', (lib) => expect(dependencies[lib]).toEqual([]));
});

test('there are no cycles', () => {
  const seen = new Set<string>();
  const visit = (name: string, path: string[]): void => {
    expect(path, `${[...path, name].join(' → ')}`).not.toContain(name);
    if (seen.has(name)) return;
    for (const { target } of dependencies[name] ?? []) visit(target, [...path, name]);
    seen.add(name);
  };
  for (const name of Object.keys(nodes)) visit(name, []);
});
