import { Counter, Gauge, Histogram, register } from 'prom-client';

/** Every metric of this process. */
export const registry = register;

/** The counter of that name, made when it is first asked for. */
export const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
  (register.getSingleMetric(name) as Counter<Label> | undefined) ?? new Counter({ name, help, labelNames });

/** The gauge of that name, made when it is first asked for; `collect` sets it at each scrape. */
export const gauge = <Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[] = [],
  collect?: (gauge: Gauge<Label>) => void | Promise<void>,
) =>
  (register.getSingleMetric(name) as Gauge<Label> | undefined) ??
  new Gauge({
    name,
    help,
    labelNames,
    ...(collect && {
      collect() {
        return collect(this);
      },
    }),
  });

/** The histogram of that name, made when it is first asked for; buckets in seconds, 1 ms to 10 s. */
export const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
  (register.getSingleMetric(name) as Histogram<Label> | undefined) ??
  new Histogram({
    name,
    help,
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
