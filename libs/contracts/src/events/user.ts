import { Type } from 'typebox';
import { event } from '../event.ts';

const user = { userId: Type.String(), email: Type.String(), name: Type.String() };

/** An account was made. */
export const userRegistered = event('user.registered.v1', Type.Object(user));

/** Name or address changed. */
export const userUpdated = event('user.updated.v1', Type.Object(user));
