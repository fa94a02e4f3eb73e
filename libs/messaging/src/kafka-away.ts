/** Whether the failure may pass by itself: the broker is away, or is in the middle of something. */
export function kafkaAway(error: unknown): boolean {
  const { name = '', retriable, cause } = error as { name?: string; retriable?: boolean; cause?: unknown };
  // "number of retries exceeded" is not retriable by itself; what was retried, is
  if (cause) return kafkaAway(cause);
  return name.startsWith('KafkaJS') && retriable !== false;
}
