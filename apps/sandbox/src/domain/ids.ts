import { v7 } from 'uuid';

/** A new id in Stripe's manner. Ids of a kind sort by the time they were made. */
export const newId = (kind: 'pi' | 're' | 'evt' | 'req') => `${kind}_${v7().replaceAll('-', '')}`;
