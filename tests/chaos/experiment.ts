import type { Verdict } from '../audit/report.ts';
import type { Report } from '../load/report.ts';
import type { Disruption } from './disruptions.ts';
import type { TargetName } from './victim.ts';

/** Visits a second, and how they are divided. */
export interface Visits {
  rate: number;
  browse: number;
  checkout: number;
}

export interface Experiment {
  name: string;
  /** What we believe, in a sentence that can be wrong. */
  hypothesis: string;
  /** Where it can be done. */
  targets: readonly TargetName[];
  visits?: Visits;
  disruption: Disruption;
  /** How long it lasts. */
  lastsMs: number;
  /** So long after its end all visits are served again, at the latest. */
  recoversInMs: number;
  /** What else must hold of the visits, and of what the audit has seen; they return what does not. */
  verdict?(observed: Observed): string[];
  audited?(audit: Verdict): string[];
}

export interface Observed {
  report: Report;
  timeline: Timeline;
}

/** Milliseconds since the start of the load. */
export interface Timeline {
  begun: number;
  /** The first visit that was not served. */
  firstFailure?: number;
  /** When the platform saw that somebody is not well, or a defence did something; and what it was. */
  noticed?: { at: number; what: string };
  ended: number;
  /** From then on everything was served, to the end. */
  recovered?: number;
}

/** What a client may be told while something is broken: nothing, in progress, slow down, come back. Never that we have a bug. */
export const excusable = [0, 409, 429, 503];
