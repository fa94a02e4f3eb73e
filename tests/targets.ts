/** The ways in which a shop runs. */
export const targets = ['embedded', 'compose', 'kind'] as const;
export type TargetName = (typeof targets)[number];
