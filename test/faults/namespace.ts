// A machine of its own for a host: a network namespace, joined to this one by a pair of virtual cards.
import { spawnSync } from "node:child_process";

export interface Namespace {
  /** Of this side: where a Gateway listens. */
  readonly gatewayHost: string;
  readonly hostAddress: string;
  /** Starts what follows it inside. */
  readonly through: readonly string[];
  /** Runs a command on the inside or on this side; throws with what it said. */
  inside(...command: readonly string[]): void;
  outside(...command: readonly string[]): void;
  /** The names of the two cards. */
  readonly cards: { readonly inside: string; readonly outside: string };
  remove(): void;
}

function run(command: readonly string[]): void {
  const [program = "", ...words] = command;
  const { status, stderr, error } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command.join(" ")}: ${error?.message ?? stderr}`);
}

/** May this process make namespaces here? Where it may and `ip` is missing, making one fails: nothing is left out unseen. */
export function canMakeNamespaces(): boolean {
  return (
    process.platform === "linux" &&
    process.getuid?.() === 0 &&
    spawnSync("unshare", ["--net", "true"]).status === 0
  );
}

export function makeNamespace(): Namespace {
  const id = process.pid.toString(36);
  const name = `openclaw-${id}`;
  const cards = { inside: `oc${id}i`, outside: `oc${id}o` };
  const net = `10.213.${process.pid % 250}`;
  const gatewayHost = `${net}.1`;
  const hostAddress = `${net}.2`;
  const through = ["ip", "netns", "exec", name];
  const inside = (...command: readonly string[]): void => run([...through, ...command]);
  const outside = (...command: readonly string[]): void => run(command);
  const remove = (): void => {
    spawnSync("ip", ["netns", "del", name]);
    spawnSync("ip", ["link", "del", cards.outside]);
  };
  try {
    outside("ip", "netns", "add", name);
    outside("ip", "link", "add", cards.outside, "type", "veth", "peer", "name", cards.inside);
    outside("ip", "link", "set", cards.inside, "netns", name);
    outside("ip", "addr", "add", `${gatewayHost}/30`, "dev", cards.outside);
    outside("ip", "link", "set", cards.outside, "up");
    inside("ip", "addr", "add", `${hostAddress}/30`, "dev", cards.inside);
    inside("ip", "link", "set", cards.inside, "up");
    inside("ip", "link", "set", "lo", "up");
  } catch (error) {
    remove();
    throw error;
  }
  return { gatewayHost, hostAddress, through, inside, outside, cards, remove };
}
