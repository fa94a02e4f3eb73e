/** gRPC servers and clients, typed by the .proto files: deadlines travel, errors keep their reason, repeats only where the .proto allows them. */
export { type Client, type ClientOptions, client } from './client.ts';
export type { GrpcServer } from './lifetime.ts';
export { type Call, type Implementation, implement, type Methods, repeatable } from './methods.ts';
export { grpcServer } from './server.ts';
