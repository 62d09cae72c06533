import { initialPolicyText } from "@openclaw/approvals";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { readWrittenPolicy, type WrittenPolicy } from "./policy-text.ts";
import type { InspectedPolicy } from "./policy-target.ts";

type Json = Readonly<Record<string, unknown>>;

/** A policy, or what it says about one agent, as a text to be edited. */
export interface EditableText {
  readonly text: string;
  /** The hash of the policy that it was made from. */
  readonly baseHash: string;
  /** Reads the edited text as the whole document. */
  read(text: string): WrittenPolicy;
}

/** Makes the text: the policy without its token, or as it stands in the file when it cannot be read. */
export function editableText(
  inspected: InspectedPolicy,
  label: string,
  agent: string | undefined,
): EditableText {
  const { view, policy, text } = inspected;
  const head = heading(label, agent);
  if (policy.kind === "malformed") {
    if (agent !== undefined) {
      throw new CliError(
        "policy-malformed",
        `the policy cannot be read, so one agent alone cannot be edited: ${policy.problem.message}`,
        ["openclaw approvals edit opens the whole of it"],
      );
    }
    return { text: `${head}${text ?? ""}`, baseHash: view.hash, read: (edited) => readWrittenPolicy(edited) };
  }
  // Absent, the file would mean this; an edit starts from it in writing.
  const file: Json = policy.exists ? view.file : objectOf(JSON.parse(initialPolicyText()));
  const baseHash = view.hash;
  if (agent === undefined) {
    return { text: `${head}${pretty(file)}`, baseHash, read: (edited) => readWrittenPolicy(edited) };
  }
  const agents = objectOf(file["agents"]);
  const own = Object.hasOwn(agents, agent) ? agents[agent] : { allowlist: [] };
  return {
    text: `${head}${pretty(own)}`,
    baseHash,
    read: (edited) => {
      const written = readWrittenPolicy(edited, agent);
      if (!written.ok) return written;
      const { [agent]: _before, ...others } = agents;
      const now = objectOf(objectOf(written.file["agents"])[agent]);
      const all = Object.keys(now).length === 0 ? others : { ...agents, [agent]: now };
      return { ok: true, file: { ...file, agents: all } };
    },
  };
}

/** As comments, which are read over and not kept. */
function heading(label: string, agent: string | undefined): string {
  const what =
    agent === undefined
      ? "The exec approvals"
      : `What agent ${printable(JSON.stringify(agent))} may do: the exec approvals`;
  return [
    `// ${what} of ${printable(label)}.`,
    "// Save and close to put them in force; close without a change to leave them.",
    "// JSON5 may be written here; comments like these are not kept.",
    "",
  ].join("\n");
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function objectOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
