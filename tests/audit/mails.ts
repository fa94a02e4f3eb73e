import type { Statement } from './facts.ts';
import { items, type Sources } from './sources.ts';

/** A mail that the mail server has taken. */
export interface Mail {
  orderId: string | null;
  subject: string;
  messageId: string;
}

export const readMails = ({ sandbox }: Sources): Promise<Mail[]> => items(`${sandbox}/sandbox/mails`);

/** Who has paid hears of it, once; a reader's mail program shows mails with one Message-ID as one. */
export const mailsSentOnce: Statement = ({ orders, mails }) => {
  const statement = 'every PAID order’s mail is sent once; a second one has the same Message-ID';
  const ofOrder = Map.groupBy(
    mails.filter(({ subject }) => /\bpaid\b/i.test(subject)),
    ({ orderId }) => orderId,
  );
  return [...orders.values()]
    .filter(({ status }) => status === 'paid')
    .map(({ id }) => ({ id, messages: [...new Set((ofOrder.get(id) ?? []).map(({ messageId }) => messageId))] }))
    .filter(({ messages }) => messages.length !== 1)
    .map(({ id, messages }) => ({
      statement,
      order: id,
      expected: 'one mail',
      found: messages.sort().join(' and ') || 'no mail',
    }));
};
