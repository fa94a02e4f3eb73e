import type { RunningProcess } from './run-file.ts';
import type { Sample } from './sample.ts';
import type { System } from './system.ts';

const urlOf = (processes: readonly RunningProcess[], name: string) =>
  processes.find((process) => process.name === name)?.http;

/** Where things are. */
export function addresses(system: System): string[] {
  const processes = system.processes();
  const [gateway, sandbox] = [urlOf(processes, 'gateway'), urlOf(processes, 'sandbox')];
  return [
    ...(gateway ? [`Shop      ${gateway}/docs`] : []),
    ...(sandbox ? [`Mails     ${sandbox}/sandbox/mails`, `Charges   ${sandbox}/sandbox/charges`] : []),
    `Logs      ${system.files.logs}/`,
    `Processes ${system.files.run}`,
  ];
}

/** Lines that can be pasted into another terminal. */
export function nextSteps(system: System, { order, sku, traceId }: Sample): string[] {
  const { gateway } = system;
  const sandbox = urlOf(system.processes(), 'sandbox');
  const traces = urlOf(system.processes(), 'local');
  const json = `-H 'content-type: application/json'`;
  const buy = JSON.stringify({ items: [{ sku, quantity: 2 }], paymentMethod: 'pm_card_visa' });
  const fault = JSON.stringify({ target: 'payments', errorRate: 1, forMs: 20_000 });
  return [
    '# sign in as the customer of that order',
    `TOKEN=$(curl -s ${gateway}/api/v1/sessions ${json} -d '${JSON.stringify(system.customer)}' | sed 's/.*"accessToken":"//; s/".*//')`,
    `curl -s ${gateway}/api/v1/orders/${order.id} -H "authorization: Bearer $TOKEN"`,
    '# buy something; pm_card_chargeDeclined instead of pm_card_visa is declined',
    `curl -si ${gateway}/api/v1/orders -H "authorization: Bearer $TOKEN" -H "idempotency-key: $(date +%s)" ${json} -d '${buy}'`,
    '# the payment provider is down for 20 s: buy again, you get 202, and the order is paid when it is back',
    `curl -s ${sandbox}/sandbox/faults ${json} -d '${fault}'`,
    '# every span of the first order',
    `curl -s ${traces}/traces/${traceId}`,
  ];
}
