import { gauge } from '@chandlery/telemetry';

/** How many messages of the topic the group has yet to handle, as far as this process knows. */
export const lag = () => gauge('messaging_consumer_lag', 'Messages that wait for the group', ['group', 'topic']);
