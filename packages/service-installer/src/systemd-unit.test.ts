import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";

import { ServiceError } from "./errors.ts";
import { readSystemdUnit } from "./systemd-reader.ts";
import { renderSystemdSecrets, renderSystemdUnit, type SystemdUnit } from "./systemd-unit.ts";

const spec: SystemdUnit = {
  stateProfile: "default",
  description: "OpenClaw Node Host",
  command: [
    "/usr/bin/node",
    "/opt/openclaw/main.js",
    "node",
    "run",
    "--display-name",
    "Ann's lab (50% $HOME)",
  ],
  environment: new Map([
    ["PATH", "/usr/local/bin:/usr/bin:/bin"],
    ["OPENCLAW_WINDOWS_TASK_NAME", "OpenClaw Node"],
  ]),
  secrets: new Map(),
  secretsFile: "/home/ann/.openclaw/node.systemd.env",
  scope: "user",
  user: undefined,
  notify: { kind: "none" },
  harden: false,
  systemdVersion: undefined,
};

function unitOf(changes: Partial<SystemdUnit>): string {
  return renderSystemdUnit({ ...spec, ...changes });
}

function codeOf(changes: Partial<SystemdUnit>): string {
  try {
    renderSystemdSecrets(changes.secrets ?? spec.secrets);
    unitOf(changes);
    return "rendered";
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}

test("the whole unit", () => {
  expect(unitOf({})).toBe(`[Unit]
Description=OpenClaw Node Host
After=network-online.target
Wants=network-online.target
StartLimitBurst=5
StartLimitIntervalSec=60

[Service]
Type=exec
ExecStart=/usr/bin/node /opt/openclaw/main.js node run --display-name "Ann's lab (50%% $$HOME)"
Restart=always
RestartSec=5
RestartPreventExitStatus=2 78
SuccessExitStatus=0 143
TimeoutStartSec=30
TimeoutStopSec=30
KillMode=mixed
Delegate=yes
OOMPolicy=continue
UMask=0077
LimitCORE=0
EnvironmentFile=-/home/ann/.openclaw/node.systemd.env
Environment=PATH=/usr/local/bin:/usr/bin:/bin
Environment="OPENCLAW_WINDOWS_TASK_NAME=OpenClaw Node"

[Install]
WantedBy=default.target
`);
});

test("how the program tells that it is ready", () => {
  const socket = "/run/user/1000/systemd/notify";
  expect(unitOf({ notify: { kind: "open-file", socket } })).toContain(
    `Type=notify\nNotifyAccess=main\nOpenFile=${socket}:notify:graceful\nWatchdogSec=60\n`,
  );
  expect(unitOf({ notify: { kind: "command" } })).toContain(
    "Type=notify\nNotifyAccess=all\nWatchdogSec=60\nExecStart=",
  );
  expect(codeOf({ notify: { kind: "open-file", socket: "/run/a:b" } })).toBe("bad-path");
});

test("a system unit names its account and starts at boot", () => {
  const unit = unitOf({ scope: "system", user: "ann", harden: true });
  expect(unit).toContain("\nUser=ann\n");
  expect(unit).toContain("\nWantedBy=multi-user.target\n");
  expect(unit).toContain("\nProtectSystem=yes\n");
  expect(unitOf({ harden: true })).not.toContain("Protect");
  for (const user of [undefined, "", "-x", "a b", "ann\nExecStartPre=/bin/sh", "%u"])
    expect(codeOf({ scope: "system", user })).toBe("bad-user");
});

describe("secrets", () => {
  const secrets = new Map([["OPENCLAW_GATEWAY_TOKEN", 's3cret"\\`$x y']]);
  test("stand in their own file only", () => {
    expect(renderSystemdSecrets(secrets)).toBe('OPENCLAW_GATEWAY_TOKEN="s3cret\\"\\\\\\`\\$x y"\n');
    expect(unitOf({ secrets })).toBe(unitOf({}));
  });

  test.each([
    ["a part of an argument", { command: ["/usr/bin/node", "--token=s3cret-long"] }],
    ["an argument", { command: ["/usr/bin/node", "s3cret-long"] }],
    ["a variable", { environment: new Map([["X", "a s3cret-long b"]]) }],
    ["a variable of the same name", { environment: new Map([["OPENCLAW_GATEWAY_TOKEN", "other"]]) }],
    ["the description", { description: "s3cret-long" }],
  ] satisfies [string, Partial<SystemdUnit>][])("are not given away by %s", (_what, changes) => {
    const given = new Map([["OPENCLAW_GATEWAY_TOKEN", "s3cret-long"]]);
    expect(codeOf({ ...changes, secrets: given })).toBe("secret-exposed");
  });

  test("a short one may be part of other words", () => {
    expect(codeOf({ secrets: new Map([["OPENCLAW_GATEWAY_TOKEN", "node"]]) })).toBe("secret-exposed");
    expect(codeOf({ secrets: new Map([["OPENCLAW_GATEWAY_TOKEN", "od"]]) })).toBe("rendered");
  });
});

describe("what a unit cannot carry is refused", () => {
  test.each([
    ["a relative program", "bad-command", { command: ["node"] }],
    ["a quote in the program", "not-representable", { command: ['/usr/bin/"node'] }],
    ["a variable in the program", "not-representable", { command: ["/usr/bin/$NODE"] }],
    ["a tab in the program", "not-representable", { command: ["/usr/bin/a\tb"] }],
    ["a line break in an argument", "not-representable", { command: ["/bin/a", "a\nExecStartPre=/bin/sh"] }],
    ["a carriage return", "not-representable", { command: ["/bin/a", "a\r"] }],
    ["a NUL", "not-representable", { command: ["/bin/a", "a\0"] }],
    ["a lone surrogate", "not-representable", { command: ["/bin/a", "\ud800"] }],
    ["a noncharacter", "not-representable", { command: ["/bin/a", "\uffff"] }],
    ["a huge argument", "too-large", { command: ["/bin/a", "x".repeat(32 * 1024 + 1)] }],
    ["many arguments", "too-large", { command: ["/bin/a", ...Array.from({ length: 256 }, () => "a")] }],
    [
      "many variables",
      "too-large",
      { environment: new Map(Array.from({ length: 257 }, (_, at) => [`A${at}`, ""])) },
    ],
    [
      "a huge unit",
      "too-large",
      { command: ["/bin/a", ...Array.from({ length: 20 }, () => "x".repeat(32 * 1024))] },
    ],
    ["a line break in a value", "not-representable", { environment: new Map([["A", "x\nUser=root"]]) }],
    ["a control character in a value", "not-representable", { environment: new Map([["A", "x\u0001"]]) }],
    ["a blank in a name", "bad-variable", { environment: new Map([["A B", "x"]]) }],
    ["no name", "bad-variable", { environment: new Map([["", "x"]]) }],
    ["a line break in a secret", "not-representable", { secrets: new Map([["A", "x\nB=y"]]) }],
    ["a description that goes on", "not-representable", { description: "a\\" }],
    ["a description of two lines", "not-representable", { description: "a\n[Service]" }],
    ["a description with a blank first", "not-representable", { description: " a" }],
    ["a pattern", "not-representable", { secretsFile: "/home/*/x" }],
    ["a relative secrets file", "bad-path", { secretsFile: "x" }],
  ] satisfies [string, string, Partial<SystemdUnit>][])("%s: %s", (_what, code, changes) => {
    expect(codeOf(changes)).toBe(code);
  });

  test("a secret's value is not in the message", () => {
    expect(() => renderSystemdSecrets(new Map([["A", "hidden\n"]]))).toThrow(/^(?!.*hidden).*secret A/);
  });
});

/** Text with everything that quoting rules care about. */
const tricky = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      ..."\\ \" ' % $ ; # = { } * \t \u0001 a é".split(" "),
      " ",
      "$$",
      "%%",
      "${a}",
      "\\x41",
    ),
  }),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
);
const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);

test("a unit reads back as it was meant, or is refused for a named reason", () => {
  const refused = /[\0\r\n\p{Surrogate}\p{Noncharacter_Code_Point}]/u;
  fc.assert(
    fc.property(fc.array(tricky, { maxLength: 6 }), fc.dictionary(name, tricky), (rest, variables) => {
      const command: [string, ...string[]] = ["/usr/bin/node", ...rest];
      const environment = new Map(Object.entries(variables));
      const carried =
        !rest.some((text) => refused.test(text)) &&
        !Object.values(variables).some(
          (text) => /[^\P{Cc}\t\u0080-\u009f]/u.test(text) || refused.test(text),
        );
      const code = codeOf({ command, environment });
      expect(code).toBe(carried ? "rendered" : "not-representable");
      fc.pre(carried);
      expect(readSystemdUnit(unitOf({ command, environment }))).toEqual({
        description: spec.description,
        command,
        environment,
        environmentFiles: [`-${spec.secretsFile}`],
        workingDirectory: undefined,
      });
    }),
    { numRuns: 1_000 },
  );
});

const analyze = spawnSync("systemd-analyze", ["--version"]).status === 0;

describe.runIf(analyze)("systemd's own reading", () => {
  const base = mkdtempSync(join(tmpdir(), "service-installer-"));
  afterAll(() => {
    rmSync(base, { recursive: true, force: true });
  });

  /** What `systemd-analyze verify` says about the files. It reads only; no manager is started. */
  function verify(files: ReadonlyMap<string, string>): string {
    const runtime = join(base, "run");
    mkdirSync(runtime, { recursive: true, mode: 0o700 });
    chmodSync(runtime, 0o700);
    const paths = [...files].map(([fileName, text]) => {
      writeFileSync(join(base, fileName), text);
      return join(base, fileName);
    });
    const env = { ...process.env, XDG_RUNTIME_DIR: runtime, LC_ALL: "C.UTF-8" };
    return spawnSync("systemd-analyze", ["--user", "verify", ...paths], { env, encoding: "utf8" }).stderr;
  }

  test("has nothing to say about a good unit", () => {
    const node = execFileSync("/bin/sh", ["-c", "command -v env"], { encoding: "utf8" }).trim();
    const [, ...rest] = spec.command;
    const secrets = new Map([["OPENCLAW_GATEWAY_TOKEN", "x"]]);
    const environment = new Map([...spec.environment, ["ODD", `a"b\\c 'd' %h $HOME ; #\té`]]);
    const command: [string, ...string[]] = [node, ...rest, "", ";", "\\", "\u0001", "%", "${X}", "'"];
    const unit = unitOf({ command, secrets, environment, description: "100% \"quoted\" 'x' #" });
    expect(verify(new Map([["good.service", unit]]))).toBe("");
  });

  test("would say something about a bad one", () => {
    const unit = unitOf({}).replace("Environment=PATH=", "Environment=A=b Node PATH=");
    expect(verify(new Map([["bad.service", unit]]))).toContain("Invalid environment assignment");
  });

  test("finds the program at the path that was meant", () => {
    const parts = fc.string({
      unit: fc.constantFrom("a", " ", "%", ";", "#", "=", "é", "{", "*", "😀", "~"),
      minLength: 1,
      maxLength: 12,
    });
    const paths = fc.sample(parts, 40).map((part, index) => `/nowhere/${index}${part}x`);
    const files = new Map(paths.map((path, index) => [`p${index}.service`, unitOf({ command: [path] })]));
    const said = verify(files)
      .split("\n")
      .filter((line) => line.includes("/nowhere/"));
    expect(said).toHaveLength(paths.length);
    for (const path of paths)
      expect(said.some((line) => line.includes(`Command ${path} is not executable`))).toBe(true);
  });
});
