import type { LoadedPolicy, PolicyEdit } from "@openclaw/approvals";
import type { ExecApprovalsScope, NodeInfo } from "@openclaw/protocol";
import { flag, stringOption, type CommandInput, type CommandIo } from "../command.ts";
import { CliError } from "../errors.ts";
import { printable } from "../output/printable.ts";
import { shortId } from "../output/screen.ts";
import { statePathsFor } from "../state.ts";
import { findNode, nodeLabel } from "./find-node.ts";
import { localPolicy } from "./local-policy.ts";
import { withGateway, type OperatorGateway } from "./operator-gateway.ts";
import { remotePolicy } from "./remote-policy.ts";

/** A policy as its owner may see it: no token; `file` with everything else that is in it. */
export interface PolicyView {
  readonly path: string;
  readonly exists: boolean;
  readonly hash: string;
  readonly file: Readonly<Record<string, unknown>>;
  /** Why everything is refused, when the file cannot be read as a policy. */
  readonly problem?: string;
}

export type PolicyChange = (current: LoadedPolicy) => PolicyEdit;

/** A policy with the text that it was read from, where that text is here. */
export interface InspectedPolicy {
  readonly view: PolicyView;
  readonly policy: LoadedPolicy;
  readonly text?: string;
}

/** A document that is to take the place of a policy. */
export interface Replacement {
  readonly file: Readonly<Record<string, unknown>>;
  /** Whether what is not in it goes, too: keys that this program does not know. */
  readonly whole: boolean;
  /** The hash of what the document was made from; without it, of what is there now. */
  readonly baseHash?: string;
}

/** A replacement that was checked and not yet made. */
export interface PlannedReplacement {
  readonly before: LoadedPolicy;
  readonly after: LoadedPolicy;
  readonly changed: boolean;
  /** Makes it. Throws CliError `policy-changed` when the policy is another one by now. */
  write(): Promise<PolicyView>;
}

/** A policy somewhere: here, on a node, on the Gateway. */
export interface PolicyTarget {
  readonly label: string;
  /** What to type to mean this policy: nothing for the local one. */
  readonly option: string;
  /** What absent defaults mean there; undefined where another program decides. */
  readonly absentMeans: ExecApprovalsScope | undefined;
  read(): Promise<PolicyView>;
  /** Reads, changes and writes it, so that nobody else's change is lost. Resolves with the policy after it. */
  edit(change: PolicyChange): Promise<{ readonly changed: boolean; readonly view: PolicyView }>;
  /** Reads it for a program that looks closer. */
  inspect(): Promise<InspectedPolicy>;
  /** Checks a document that is to replace it. */
  plan(replacement: Replacement): Promise<PlannedReplacement>;
}

/** A node and the connection over which it can be asked. */
export interface NodePlace {
  readonly gateway: OperatorGateway;
  readonly node: NodeInfo;
}

/**
 * Opens the policy that the options name and closes the connection after the work, which gets
 * the node as well where the policy is a node's.
 */
export async function withPolicy<T>(
  input: CommandInput,
  io: CommandIo,
  work: (target: PolicyTarget, place?: NodePlace) => Promise<T>,
): Promise<T> {
  const node = stringOption(input, "node");
  const gateway = flag(input, "gateway");
  if (node !== undefined && gateway) throw new CliError("usage", "give --node or --gateway, not both");
  if (node === undefined && !gateway) {
    const named = ["url", "token", "password", "tls-fingerprint"].find((name) => name in input.options);
    if (named !== undefined) {
      throw new CliError("usage", `--${named} names a Gateway, but the policy of this machine is meant`, [
        "add --node <node> for a node's policy, or --gateway for the Gateway's own",
      ]);
    }
    return await work(localPolicy(statePathsFor(input, io)));
  }
  return await withGateway(input, io, async (connection) => {
    if (node === undefined) {
      return await work(
        remotePolicy(`the Gateway at ${connection.endpoint.url}`, " --gateway", {
          get: () => connection.call("exec.approvals.get", {}),
          set: (params) => connection.call("exec.approvals.set", params),
        }),
      );
    }
    const found = await findNode(connection, node);
    const { nodeId } = found;
    return await work(
      remotePolicy(`node ${nodeLabel(found)}`, ` --node ${printable(shortId(nodeId))}`, {
        get: () => connection.call("exec.approvals.node.get", { nodeId }),
        set: (params) => connection.call("exec.approvals.node.set", { nodeId, ...params }),
      }),
      { gateway: connection, node: found },
    );
  });
}
