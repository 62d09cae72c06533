import type { FileIdentity } from "@openclaw/protocol";
import { identityOf } from "../bindings.ts";
import type { Facts } from "../facts.ts";
import type { RunRequest } from "../request.ts";
import { absolutePath } from "./resolve.ts";

/** The directory that a request names: absolute, not normalised. */
export function startDirectory(request: RunRequest, facts: Facts): string {
  return absolutePath(request.cwd ?? facts.hostCwd, facts.hostCwd, facts.pathStyle);
}

export type WorkingDirectory =
  | { readonly ok: true; readonly identity: FileIdentity }
  | {
      readonly ok: false;
      readonly reason: "cwd-missing" | "cwd-not-directory" | "cwd-not-canonical";
    };

/**
 * The directory in which a listed or approved command runs. A path through links names
 * another place tomorrow, so it is refused; a link directly under the root (`/tmp` on
 * macOS) is followed, because only the system's owner can change it. Source: exec section 2.6.
 */
export function checkWorkingDirectory(cwd: string, facts: Facts): WorkingDirectory {
  const fact = facts.stat(cwd);
  const real = facts.realpath(cwd);
  if (fact === undefined || real === undefined) return { ok: false, reason: "cwd-missing" };
  if (fact.kind !== "directory") return { ok: false, reason: "cwd-not-directory" };
  if (!isCanonical(cwd, real, facts)) return { ok: false, reason: "cwd-not-canonical" };
  return { ok: true, identity: identityOf(real, fact) };
}

function isCanonical(cwd: string, real: string, facts: Facts): boolean {
  if (facts.pathStyle === "win32") {
    const plain = (path: string): string => path.replaceAll("/", "\\").replace(/\\+$/u, "");
    return plain(real).toLowerCase() === plain(cwd).toLowerCase();
  }
  const lexical = normalised(cwd);
  if (lexical === real) return true;
  const [, first = "", rest = ""] = /^(\/[^/]+)(.*)$/su.exec(lexical) ?? [];
  return first !== "" && `${facts.realpath(first) ?? ""}${rest}` === real;
}

function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
