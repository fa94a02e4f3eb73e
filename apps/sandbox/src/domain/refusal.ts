import type { Intent } from './intent.ts';

export interface RefusalDetails {
  /** Stripe's type of error; it says who has to act. */
  type?: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  code?: string;
  declineCode?: string;
  /** The parameter that is wrong. */
  param?: string;
  /** The intent as it is after the refusal. */
  intent?: Intent;
}

/** The provider says no, with the HTTP status and the words of Stripe. */
export class Refusal extends Error {
  readonly status: number;
  readonly details: RefusalDetails;

  constructor(status: number, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.details = details;
  }
}

/** A parameter or an address names something that does not exist; Stripe answers 404 to the address alone. */
export const missing = (status: 400 | 404, what: string, id: string, param: string) =>
  new Refusal(status, `No such ${what}: '${id}'`, { code: 'resource_missing', param });
