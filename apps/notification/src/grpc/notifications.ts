import { onlyUser } from '@chandlery/auth';
import type { NotificationService } from '@chandlery/contracts/notification/v1/notification';
import { Failure } from '@chandlery/errors';
import type { Methods } from '@chandlery/grpc';
import { validate } from 'uuid';
import type { MailStore } from '../store/mails.ts';

const timestamp = (date: Date) => ({
  seconds: BigInt(Math.floor(date.getTime() / 1000)),
  nanos: date.getMilliseconds() * 1_000_000,
});

/** A user's own mails; somebody else's order has none. */
export const notificationService = (mails: MailStore): Methods<typeof NotificationService> => ({
  async listNotifications({ orderId }, { identity }) {
    const user = onlyUser(identity);
    if (!validate(orderId)) {
      throw new Failure('invalid', 'no order id', { fields: [{ field: 'orderId', message: 'must be a UUID' }] });
    }
    const own = await mails.ofOrder(orderId, user.id);
    return {
      notifications: own.map(({ sentAt, ...mail }) => ({ ...mail, ...(sentAt && { sentAt: timestamp(sentAt) }) })),
    };
  },
});
