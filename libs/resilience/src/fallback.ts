import { publish } from './events.ts';

/** What comes of `work`, or what `otherwise` makes of a failure that `when` lets pass: a poorer answer instead of none. */
export async function fallback<T, Other>(
  target: string,
  work: () => Promise<T>,
  otherwise: (error: unknown) => Other | Promise<Other>,
  when: (error: unknown) => boolean = () => true,
): Promise<T | Other> {
  try {
    return await work();
  } catch (error) {
    if (!when(error)) throw error;
    publish({ target, event: 'fallback' });
    return otherwise(error);
  }
}
