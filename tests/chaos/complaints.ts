import { samples } from '../metrics.ts';

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
    return samples(metrics, 'resilience_events_total').flatMap(({ labels, value }) => {
      const name = `${service}: ${labels.event} (${labels.target})`;
      const before = known.get(name) ?? 0;
      known.set(name, value);
      return !first && value > before ? [name] : [];
    });
  };
}
