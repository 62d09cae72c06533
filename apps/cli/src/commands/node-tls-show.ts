import { ConnectionError, inspectTls, readCaFile, type GatewayEndpoint } from "@openclaw/gateway-connection";
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
  const ca = tlsCaFile === undefined ? undefined : await authorities(tlsCaFile, input, io);
  const document = tlsDocument(endpoint, await inspectTls(endpoint, { env: io.env, ca }), Date.now());
  if (flag(input, "json")) io.stdout.write(jsonLine(document));
  else showTls(document, input, io);
  return EXIT.ok;
}

/** A saved file that cannot be used hides nothing: it may be why somebody looks. */
async function authorities(
  path: string,
  input: CommandInput,
  io: CommandIo,
): Promise<readonly string[] | undefined> {
  try {
    return await readCaFile(path);
  } catch (error) {
    if ("tls-ca" in input.options || !(error instanceof ConnectionError)) throw error;
    io.stderr.write(`openclaw: ${error.message}; looking without it\n`);
    return undefined;
  }
}

/** The Gateway that `node run` would connect to with these options, with TLS whatever was saved. */
function securePlan(input: CommandInput, io: CommandIo): GatewayEndpoint {
  const paths = statePathsFor(input, io);
  return planNodeFile(paths.nodeFile, { ...input, options: { ...input.options, tls: true } }, io.env)
    .endpoint;
}
