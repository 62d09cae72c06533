import type { RunRequest } from "../request.ts";
import type { PathStyle } from "../facts.ts";
import { shellPayload } from "../shell/payload.ts";

/** argv as one line, the way Gateways and hosts of all versions write it. Source: exec section 2.2. */
export function commandTextOf(argv: readonly string[]): string {
  return argv
    .map((argument) =>
      argument === "" || /[\s"]/u.test(argument) ? `"${argument.replaceAll('"', String.raw`\"`)}"` : argument,
    )
    .join(" ");
}

/** Whether the text of a request describes its argv. */
export function rawCommandAgrees(request: RunRequest, pathStyle: PathStyle): boolean {
  const raw = request.rawCommand?.trim();
  if (raw === undefined || raw === "") return true;
  return raw === commandTextOf(request.argv) || raw === shellPayload(request.argv, pathStyle)?.trim();
}
