import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const { prototype } = RequestQueue;
const { scheduleCheckPendingRequests } = prototype;

/**
 * kafkajs looks every millisecond, for as long as a connection is open, whether a request waits for it, by a timeout that is negative
 * (tulios/kafkajs#1704, #1751), so that no process with a connection is ever at rest. Here only while one waits.
 */
prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
};
