import { userRegistered } from '@chandlery/contracts/events/user';
import { on } from '@chandlery/messaging';
import { recipientStore } from '../store/recipients.ts';

export const onUserRegistered = on(userRegistered, (user, { tx, message }) =>
  recipientStore(tx).keep({ ...user, at: new Date(message.time) }),
);
