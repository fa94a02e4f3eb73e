/** Faults on demand, to see what the defences are for: wherever there is a span, and in the process itself. */
export { LostAnswer } from './calls.ts';
export { type Fault, faultOf } from './fault.ts';
export { callsFail, endFault, endFaults, faults, setFault, through } from './faults.ts';
export { seeded } from './random.ts';
