import type { Shop } from './first-order.ts';
import type { System } from './system.ts';

/** What can be opened in a browser. */
export const pages = (gateway?: string, sandbox?: string): string[] => [
  ...(gateway ? [`Shop      ${gateway}/docs`] : []),
  ...(sandbox ? [`Mails     ${sandbox}/sandbox/mails`, `Charges   ${sandbox}/sandbox/charges`] : []),
];

/** The shop that this machine's own processes are. */
export function shopOf(system: System): Shop {
  const urlOf = (name: string) => system.processes().find((process) => process.name === name)?.http;
  const sandbox = urlOf('sandbox');
  return {
    gateway: system.gateway,
    sandbox,
    customer: system.customer,
    traces: { spans: system.spans, urlOf: (traceId) => `${urlOf('local')}/traces/${traceId}` },
    addresses: [
      ...pages(urlOf('gateway'), sandbox),
      `Logs      ${system.files.logs}/`,
      `Processes ${system.files.run}`,
    ],
  };
}
