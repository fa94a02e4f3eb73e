const SAMPLE = /^resilience_events_total\{(.*)\} (\d+)$/;
const label = (name: string, labels: string) => labels.match(new RegExp(`${name}="([^"]*)"`))?.[1] ?? '';

/**
 * What the defences of a shop complain about: each time it is given a service's metrics, what is new in them since the last time. What was there
 * at first is nothing new.
 */
export function complaints() {
  const known = new Map<string, number>();
  const heard = new Set<string>();
  return (service: string, metrics: string): string[] => {
    const first = !heard.has(service);
    heard.add(service);
    return metrics.split('\n').flatMap((line) => {
      const [, labels, count] = line.match(SAMPLE) ?? [];
      if (labels === undefined) return [];
      const name = `${service}: ${label('event', labels)} (${label('target', labels)})`;
      const before = known.get(name) ?? 0;
      known.set(name, Number(count));
      return !first && Number(count) > before ? [name] : [];
    });
  };
}
