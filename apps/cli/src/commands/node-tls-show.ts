import { inspectTls, readCaFile, type GatewayEndpoint } from "@openclaw/gateway-connection";
import { flag, type CommandInput, type CommandIo } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { planNodeFile } from "../host/node-settings.ts";
import { jsonLine } from "../output/printable.ts";
import { tlsDocument } from "../host/tls-document.ts";
import { showTls } from "../host/tls-screen.ts";
import { statePathsFor } from "../state.ts";

/** `openclaw node tls show`: what the server offers, for a person to compare. Sends no credentials, writes nothing. */
export async function run(input: CommandInput, io: CommandIo): Promise<number> {
  const endpoint = securePlan(input, io);
  const { tlsCaFile } = endpoint;
  const ca = tlsCaFile === undefined ? undefined : await readCaFile(tlsCaFile);
  const document = tlsDocument(endpoint, await inspectTls(endpoint, { env: io.env, ca }), Date.now());
  if (flag(input, "json")) io.stdout.write(jsonLine(document));
  else showTls(document, input, io);
  return EXIT.ok;
}

/** The Gateway that `node run` would connect to with these options, with TLS whatever was saved. */
function securePlan(input: CommandInput, io: CommandIo): GatewayEndpoint {
  const paths = statePathsFor(input, io);
  return planNodeFile(paths.nodeFile, { ...input, options: { ...input.options, tls: true } }, io.env)
    .endpoint;
}
