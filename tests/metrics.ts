/** A value of a metric. */
interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** The samples of a metric in a page of Prometheus' text format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const samples = (page: string, metric: string): Sample[] =>
  page.split('\n').flatMap((line) => {
    if (!line.startsWith(metric)) return [];
    const [, inside = '', value] = line.slice(metric.length).match(/^(?:\{(.*)\})? (\S+)/) ?? [];
    if (value === undefined) return [];
    const labels = inside.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g).map(([, name, text]) => [name, text]);
    return [{ labels: Object.fromEntries(labels), value: Number(value) }];
  });
