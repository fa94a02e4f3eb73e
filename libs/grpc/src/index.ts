/** gRPC servers and clients, typed by the .proto files: deadlines travel, errors keep their reason, repeats only where the .proto allows them. */
export { type Client, type ClientOptions, client } from './client.ts';
export { type Call, type Implementation, implement, type Methods } from './methods.ts';
export { type GrpcServer, grpcServer } from './server.ts';
