import type { ServiceName } from '../../apps/local/src/topology.ts';
import type { Defence } from '../../libs/resilience/src/index.ts';
import type { Report } from '../load/report.ts';
import type { Bench } from './bench.ts';

/** One way in which it went: figures by their names, and what the visitors saw. */
export interface Course {
  figures: Readonly<Record<string, number>>;
  report: Report;
  /** Seconds of the load between which something was broken. */
  broken?: { from: number; to: number };
}

/** The same load and the same fault twice, with defences and without them. */
export interface Lesson {
  /** The defence that it is about; where it takes several, what befalls those who have none of them. */
  name: string;
  /** What the second shop does without. */
  without: readonly Defence[];
  /** What is done to the shop, and what the defences are for, in two or three sentences. */
  story: string;
  /** What the curve shows: visits served, or the 99th percentile, second by second. */
  curve: 'served' | 'p99';
  /** Settings of services that make the effect visible in a short time. */
  variables?: Partial<Record<ServiceName, Record<string, string>>>;
  /** Loads and breaks a shop, and measures. */
  run(bench: Bench): Promise<Course>;
  /** Whether the figures show what the story says. */
  shows(on: Course['figures'], off: Course['figures']): boolean;
}
