import { command } from '../command.ts';
import { kubectl, type Place } from '../kind/kubectl.ts';
import { type Environment, install, namespaceOf, releaseOf } from '../kind/releases.ts';
import { waitFor } from '../kind/wait.ts';
import { Problem } from '../problem.ts';

export type Color = 'blue' | 'green';

/** What of a release changes from deployment to deployment; the rest is in its files of values. */
export interface State {
  image: { tag: string };
  strategy?: 'rolling' | 'blueGreen' | 'canary';
  blueGreen?: { active: Color; blueTag: string; greenTag: string };
  canary?: { tag: string };
}

export type Target = ReturnType<typeof target>;

/** One app in one environment: how to read and change what is released. */
export function target(app: string, env: Environment, context: string) {
  const place: Place = { context, namespace: namespaceOf(env) };
  const where = ['--kube-context', context, '--namespace', place.namespace];
  return {
    app,
    place,
    /** What is released now. */
    async state(): Promise<State> {
      const values = await command('helm', ['get', 'values', app, ...where, '--output', 'json']).catch((cause) => {
        throw new Problem(`${app} is not released in ${place.namespace} of ${context}: npm run start:kind`, { cause });
      });
      const { image, strategy = 'rolling', blueGreen, canary } = JSON.parse(values) as State;
      return { image: { tag: image.tag }, strategy, ...(blueGreen && { blueGreen }), ...(canary && { canary }) };
    },
    /** Makes it so; the migration of the newest tag has run when this returns. `more` are values for this time. */
    set: (state: State, more: object = {}): Promise<void> =>
      install(releaseOf(app, env), { context, env, values: { ...state, ...more } }),
    ready: (deployment = app): Promise<void> => waitFor(place, [`deployment/${deployment}`]),
    /** Back to the revision before. */
    rollback: (): Promise<string> => command('helm', ['rollback', app, ...where]),
    kubectl: (...args: string[]): Promise<string> => kubectl(place, ...args),
  };
}
