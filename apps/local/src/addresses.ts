import type { Shop } from './first-order.ts';
import { jaegerTraces } from './jaeger.ts';
import type { Customer } from './sample.ts';
import type { System } from './system.ts';

/** What can be opened in a browser. */
const pages = (gateway?: string, sandbox?: string): string[] => [
  ...(gateway ? [`Shop      ${gateway}/docs`] : []),
  ...(sandbox ? [`Mails     ${sandbox}/sandbox/mails`, `Charges   ${sandbox}/sandbox/charges`] : []),
];

interface Urls {
  gateway: string;
  sandbox: string;
  /** Where there is one. */
  jaeger: string | undefined;
}

/** The shop in containers, at these URLs; `more` says how else to look at it. */
export const shopInContainers = ({ gateway, sandbox, jaeger }: Urls, customer: Customer, more: string[]): Shop => ({
  gateway,
  sandbox,
  customer,
  traces: jaeger === undefined ? undefined : jaegerTraces(jaeger),
  addresses: [...pages(gateway, sandbox), ...(jaeger ? [`Traces    ${jaeger}/search?service=gateway`] : []), ...more],
});

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
