import { PaymentService } from '@chandlery/contracts/payment/v1/payment';
import { client } from '@chandlery/grpc';

/** payment: an answer after 3 s is no use to a waiting buyer; the saga worker asks again. */
export const paymentClient = (url: string, identity: () => Promise<string>, concurrency: number) =>
  client(PaymentService, { url, identity, policy: { deadlineMs: 3_000, bulkhead: concurrency } });
