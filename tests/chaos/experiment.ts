import type { Verdict } from '../audit/verdict.ts';
import type { Report } from '../load/report.ts';
import type { TargetName } from '../targets.ts';
import type { Disruption } from './disruptions.ts';

export interface Experiment {
  name: string;
  /** What we believe, in a sentence that can be wrong. */
  hypothesis: string;
  /** Where it can be done. */
  targets: readonly TargetName[];
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
