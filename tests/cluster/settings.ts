const { env } = process;

/** The cluster to test, as kubectl and helm name it. */
export const context = env.KUBE_CONTEXT ?? 'kind-chandlery';
export const namespace = 'chandlery-dev';

/** These tests kill, drain and starve: on a cluster that isn't kind's they run only where its context is named here too. */
export const permitted = context.startsWith('kind-') || env.CLUSTER_TESTS_CONTEXT_OK === context;

export const gateway = env.CLUSTER_GATEWAY ?? 'http://127.0.0.1:8280';
export const sandbox = env.CLUSTER_SANDBOX ?? 'http://127.0.0.1:4210';

/** Requests a second of every test under load. */
export const rate = Number(env.CLUSTER_RATE ?? 50);

/** Only what runs for each commit: `CLUSTER_SET=short`. */
export const short = env.CLUSTER_SET === 'short';
