import { describe, expect, it } from "vitest";
import { install } from "../commands/node-install.ts";
import { inputOf } from "../host/scratch.test.support.ts";
import { actOnService } from "./act-on-service.ts";
import recorded from "./fixtures/recorded-answers.json" with { type: "json" };
import { machine, screenful, type Machine } from "./systemd-stand-in.test.support.ts";

type Action = "install" | "start" | "stop" | "restart" | "uninstall";
type Options = Readonly<Record<string, unknown>>;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TOKEN = "s3cret-token-0123456789";

async function perform(
  on: Machine,
  action: Action,
  options: Options = {},
  columns?: number,
): Promise<Outcome> {
  const screen = screenful(columns);
  const code =
    action === "install"
      ? await install(inputOf(options), screen.io, on.system, on.program)
      : await actOnService(action, inputOf(options), screen.io, on.system);
  return { code, stdout: screen.stdout(), stderr: screen.stderr() };
}

async function answer(on: Machine, action: Action, options: Options = {}): Promise<unknown> {
  const { stdout, stderr } = await perform(on, action, { json: true, ...options });
  expect(stderr).toBe("");
  expect(stdout).toBe(`${JSON.stringify(JSON.parse(stdout), null, 2)}\n`);
  return JSON.parse(stdout);
}

/** A recorded answer without what depends on the machine it was recorded on. */
function known(name: keyof typeof recorded): object {
  const { hintItems: _, warnings: __, ...rest } = { hintItems: 0, warnings: 0, ...recorded[name] };
  return rest;
}

const withToken = (): Machine => machine({ OPENCLAW_GATEWAY_TOKEN: TOKEN });

describe("answers of service actions", () => {
  it("are the recorded ones, all life long", async () => {
    const on = withToken();
    expect(await answer(on, "stop")).toEqual(known("stop-not-installed"));
    expect(await answer(on, "start")).toEqual(known("start-not-installed"));
    expect(await answer(on, "restart")).toEqual(known("restart-not-installed"));
    expect(await answer(on, "install")).toEqual(known("install"));
    expect(await answer(on, "install")).toEqual(known("install-again"));
    expect(await answer(on, "start")).toEqual({
      ...known("start-again"),
      message: "Node service already running (pid 4242).",
    });
    expect(await answer(on, "stop")).toEqual(known("stop"));
    expect(await answer(on, "start")).toEqual(known("start"));
    expect(await answer(on, "restart")).toEqual(known("restart"));
    expect(await answer(on, "uninstall")).toEqual(known("uninstall"));
    expect(await answer(on, "uninstall")).toMatchObject(known("uninstall-again"));
    expect([...on.files.keys()]).toEqual([]);
  });

  it.each([
    [{ port: "abc" }, "install-bad-port"],
    [{ port: "0" }, "install-bad-port"],
    [{ port: "65536" }, "install-bad-port"],
    [{ runtime: "deno" }, "install-bad-runtime"],
  ] as const)("to %j is the recorded one", async (options, name) => {
    const on = withToken();
    expect(await answer(on, "install", options)).toEqual(known(name));
    expect((await perform(on, "install", options)).code).toBe(1);
    expect([on.orders, on.files.size]).toEqual([[], 0]);
  });

  it.each<[Options, RegExp]>([
    [{ tls: true, "no-tls": true }, /contradict/u],
    [{ "tls-fingerprint": "ab:cd" }, /fingerprint/u],
    [{ host: "gw.example" }, /without TLS|plain|encrypt|TLS/u],
    [{ host: "bad host" }, /host/u],
    [{ "display-name": "a\nb" }, /--display-name/u],
    [{ user: "bob" }, /--system/u],
    [{ runtime: "bun" }, /bun was not found/u],
    [{ "runtime-path": "/no/such/node" }, /--runtime-path/u],
    [{ manager: "upstart" }, /--manager/u],
    [{ profile: "../x" }, /profile/u],
    [{ system: true }, /account|root/u],
  ])("to %j is a failure in the same shape, and nothing is done", async (options, text) => {
    const on = withToken();
    const failure = (await answer(on, "install", options)) as Record<string, unknown>;
    expect(failure).toMatchObject({ action: "install", ok: false, error: expect.stringMatching(text) });
    expect([on.orders, on.files.size]).toEqual([[], 0]);
  });

  it("says why there is no service manager, and what else can be done", async () => {
    const on = withToken();
    on.noBus = "Failed to connect to bus: No medium found";
    for (const action of ["install", "restart"] as const) {
      const failure = (await answer(on, action)) as { error: string; hints: string[] };
      expect(failure.hints.join("\n")).toContain("openclaw node install --system --user ann");
      expect(failure.hints.join("\n")).toContain("loginctl enable-linger ann");
    }
    expect(((await answer(on, "install")) as { error: string }).error).toContain("No medium found");
    expect(await answer(on, "stop")).toEqual(known("stop-not-installed"));
  });

  it("puts everything back when a step fails", async () => {
    const on = withToken();
    on.failing.set("enable", "Failed to enable unit: Read-only file system");
    const failure = (await answer(on, "install")) as { error: string };
    expect(failure.error).toContain("Read-only file system");
    expect([...on.files.keys()]).toEqual([]);
  });
});

describe("what install writes", () => {
  const unitOf = (on: Machine): string =>
    on.files.get(`${on.home}/.config/systemd/user/openclaw-node.service`)?.text ?? "";

  it("names the runtime, its options, the entry and the address", async () => {
    const on = withToken();
    await perform(on, "install", {
      port: "19598",
      "display-name": "Lab",
      "node-id": "n-1",
      "log-level": "debug",
    });
    expect(unitOf(on)).toContain(
      "ExecStart=/usr/bin/node --v8-pool-size=0 /opt/openclaw/dist/main.js node run --host 127.0.0.1 --port 19598 --no-tls --node-id n-1 --display-name Lab --log-level debug\n",
    );
    expect(on.orders).toEqual([
      "daemon-reload",
      "enable openclaw-node.service",
      "reset-failed openclaw-node.service",
      "restart openclaw-node.service",
    ]);
  });

  it("keeps secrets in a file of their own", async () => {
    const on = withToken();
    await perform(on, "install");
    const holders = [...on.files].filter(([, { text }]) => text.includes(TOKEN));
    expect(holders.map(([path, { mode }]) => [path, mode])).toEqual([
      [`${on.home}/.openclaw/node.systemd.env`, 0o600],
    ]);
  });

  it("takes the Node of this command when the system's is too old, and says so", async () => {
    const on = machine({ OPENCLAW_GATEWAY_TOKEN: TOKEN }, "v18.19.0");
    const { warnings } = (await answer(on, "install")) as { warnings: string[] };
    expect(warnings).toEqual([
      "System Node 18.19.0 at /usr/bin/node is below the required Node 20.19+. Using /opt/node/bin/node for the service.",
    ]);
    expect(unitOf(on)).toContain("ExecStart=/opt/node/bin/node ");
  });

  it("warns of a node without any credential, and of lingering that is off", async () => {
    const on = machine();
    on.linger = "no";
    const { warnings } = (await answer(on, "install")) as { warnings: string[] };
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("OPENCLAW_GATEWAY_TOKEN");
    expect(warnings[1]).toContain("sudo loginctl enable-linger ann");
  });

  it.each(["dry-run", "print"])("is nothing with --%s, which shows all but secrets", async (option) => {
    const on = withToken();
    const { code, stdout } = await perform(on, "install", { [option]: true });
    expect(code).toBe(0);
    expect(stdout).toContain("WantedBy=default.target");
    expect(stdout).not.toContain(TOKEN);
    const { stdout: json } = await perform(on, "install", { [option]: true, json: true });
    expect(JSON.parse(json)).toMatchObject({ action: "install", ok: true, dryRun: true });
    expect(json).not.toContain(TOKEN);
    expect([on.orders, on.files.size]).toEqual([[], 0]);
  });
});

describe("what a person reads", () => {
  it("fits on a terminal and says what comes next", async () => {
    const on = withToken();
    on.linger = "no";
    const installed = await perform(on, "install", {}, 80);
    expect(installed.stdout).toContain(`Installed systemd service:`);
    expect(installed.stdout).toContain("Gateway: ws://127.0.0.1:18789\n");
    expect(installed.stdout).toMatch(/^Next: openclaw node status$/mu);
    expect(installed.stderr).toMatch(/lingering is\s+off/u);
    for (const line of `${installed.stdout}${installed.stderr}`.split("\n"))
      expect(line.length <= 80 || !line.trimStart().includes(" "), line).toBe(true);
    expect((await perform(on, "install")).stdout).toBe(
      "Node service already enabled.\nReinstall with: openclaw node install --force\n",
    );
    expect((await perform(on, "stop")).stdout).toBe("Stopped systemd service: openclaw-node.service\n");
    expect((await perform(on, "start")).stdout).toBe("Started systemd service: openclaw-node.service\n");
    expect((await perform(on, "restart")).stdout).toBe("Restarted systemd service: openclaw-node.service\n");
    expect((await perform(on, "uninstall")).stdout).toMatch(/^Removed systemd service: .*\.service\n/u);
    const again = await perform(on, "start");
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toMatch(/^Node service disabled\.\nTip: openclaw node install\n/u);
  });

  it("names the state profile in every command", async () => {
    const on = withToken();
    const { stdout } = await perform(on, "install", { profile: "lab" });
    expect(stdout).toContain("openclaw-node-lab.service");
    expect(stdout).toContain("Next: openclaw --profile lab node status\n");
  });
});
