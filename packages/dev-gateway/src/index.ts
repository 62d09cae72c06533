// A small, honest Gateway for one machine: pairing, surfaces, invokes and approvals over real
// sockets, as strict as the real one and able to behave like the older generations.
export { startDevGateway, type DevGateway } from "./server.ts";
export { type DevGatewayOptions, type ScriptedRefusal } from "./gateway-options.ts";
export { ERAS, type Era } from "./era.ts";
export { DevGatewayError, type DevGatewayErrorCode } from "./errors.ts";
export { type ClientRef, type DevGatewayEvent, type InvokeEnd } from "./events.ts";
