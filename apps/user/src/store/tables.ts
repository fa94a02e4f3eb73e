import type { Generated } from 'kysely';

/** The tables of migrations/. Other files name them only in the store. */
export interface Tables {
  users: {
    id: string;
    email: string;
    email_key: string;
    name: string;
    password_hash: string;
    created_at: Generated<Date>;
  };
  sessions: {
    id: string;
    user_id: string;
    created_at: Date;
    expires_at: Date;
    ended_at: Date | null;
  };
  refresh_tokens: {
    hash: Buffer;
    session_id: string;
    used_at: Date | null;
  };
  api_keys: {
    id: string;
    user_id: string;
    name: string;
    prefix: string;
    hash: Buffer;
    created_at: Generated<Date>;
  };
}
