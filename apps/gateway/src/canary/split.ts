import type { DescService } from '@bufbuild/protobuf';
import { Failure } from '@chandlery/errors';
import { type Client, repeatable } from '@chandlery/grpc';
import type { End } from './measures.ts';
import type { Track, Way } from './ways.ts';

type Closable<Service extends DescService> = Client<Service> & { close(): void };

export interface Tracks<Service extends DescService> {
  stable: Closable<Service>;
  /** Connects to the canary. */
  canary: () => Closable<Service>;
  /** Where the present request's calls go. */
  way(): Way;
  /** Begins to measure a call. */
  begin(track: Track): End;
}

/**
 * A client whose calls go to stable or to the canary, to which it connects when it first needs it. What the canary fails is done again by
 * stable, where the .proto says that it may be: a broken canary costs time and no answers. Who asked for the canary sees its failure.
 */
export function split<Service extends DescService>(service: Service, tracks: Tracks<Service>): Closable<Service> {
  const { stable, canary: connect } = tracks;
  let canary: Closable<Service> | undefined;
  const chosen = (track: Track) => {
    if (track === 'canary') canary ??= connect();
    return (track === 'canary' ? canary : stable) as unknown as Calls;
  };
  const methods = service.methods.map((method) => {
    const call: Call = (track, request, options) => chosen(track)[method.localName]?.(request, options);
    const tried: Tried = (work) => attempt(tracks, repeatable(method), work);
    return [method.localName, method.methodKind === 'server_streaming' ? streaming(call, tried) : unary(call, tried)];
  });
  const close = () => {
    stable.close();
    canary?.close();
  };
  return { ...Object.fromEntries(methods), close };
}

type Calls = Record<string, (request: unknown, options: unknown) => unknown>;
type Call = (track: Track, request: unknown, options: unknown) => unknown;
type Tried = <T>(work: (track: Track) => Promise<T>) => Promise<T>;
type Measured = Pick<Tracks<DescService>, 'way' | 'begin'>;

const unary = (call: Call, tried: Tried) => (request: unknown, options: unknown) =>
  tried(async (track) => call(track, request, options));

/** A stream can change over until its first message, and is measured so far: how long it lasts says nothing of the service. */
const streaming = (call: Call, tried: Tried) =>
  async function* (request: unknown, options: unknown) {
    const { messages, first } = await tried(async (track) => {
      const messages = call(track, request, options) as AsyncGenerator;
      return { messages, first: await messages.next() };
    });
    try {
      if (!first.done) yield first.value;
      yield* messages;
    } finally {
      await messages.return(undefined);
    }
  };

async function attempt<T>({ way, begin }: Measured, again: boolean, work: (track: Track) => Promise<T>): Promise<T> {
  const { track, asked } = way();
  try {
    return await measured(begin(track), work(track));
  } catch (error) {
    if (track === 'stable' || asked || !again || !fault(error)) throw error;
    return measured(begin('stable'), work('stable'));
  }
}

async function measured<T>(end: End, call: Promise<T>): Promise<T> {
  try {
    const result = await call;
    end(false);
    return result;
  } catch (error) {
    end(fault(error));
    throw error;
  }
}

/** Whether it speaks against the service: it is away, late or has a bug. A refusal does not, nor a caller who has left. */
const fault = (error: unknown): boolean =>
  !(error instanceof Failure) || (error.kind === 'unavailable' && error.reason !== 'cancelled');
