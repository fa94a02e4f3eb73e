import { tally } from '../../load/report.ts';
import type { Experiment } from '../experiment.ts';

interface Those {
  /** Visits of this route alone. */
  route?: string;
  /** Also those that come when the fault has ended. */
  afterwards?: boolean;
  /** But for so many of all visits, from 0 to 1. */
  save?: number;
}

/** Holds where those who come from the beginning of the fault on are served, in spite of it. */
export const served =
  ({ route, afterwards = false, save = 0 }: Those = {}): NonNullable<Experiment['verdict']> =>
  ({ report, timeline: { begun, ended } }) => {
    const end = afterwards ? Number.POSITIVE_INFINITY : ended;
    const failures = report.failures.filter(
      (one) => one.at > begun && one.at < end && (route === undefined || one.route === route),
    );
    if (failures.length <= save * report.sent) return [];
    return [`${failures.length} visits were not served: ${JSON.stringify(tally(failures).counts)}`];
  };
