import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { browserEnvironment } from "./browser-environment.ts";
import { launchArguments } from "./launch-arguments.ts";
import type { LaunchPlan } from "./launch-arguments.ts";

const plan = (
  extraArgs: readonly string[] = [],
  more: { headless?: boolean; noSandbox?: boolean; platform?: string } = {},
): LaunchPlan =>
  launchArguments({
    userDataDir: "/state/browser/openclaw/user-data",
    proxyPort: 40_123,
    platform: "linux",
    headless: true,
    noSandbox: false,
    extraArgs,
    ...more,
  });

const nameOf = (argument: string): string => argument.replace(/^--/, "").split("=")[0] ?? "";

describe("launchArguments", () => {
  it("control over a pipe, everything through the proxy", () => {
    const { args, problems } = plan();
    for (const argument of [
      "--remote-debugging-pipe",
      "--user-data-dir=/state/browser/openclaw/user-data",
      "--proxy-server=http://127.0.0.1:40123",
      "--proxy-bypass-list=<-loopback>",
      "--disable-quic",
      "--disable-extensions",
      "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
      "--headless=new",
      "--disable-dev-shm-usage",
    ])
      expect(args).toContain(argument);
    expect(args.at(-1)).toBe("about:blank");
    expect(args.join(" ")).toMatch(/--disable-features=Translate,MediaRouter/);
    expect(args).not.toContain("--no-sandbox");
    expect(problems).toEqual([]);
    expect(plan([], { headless: false, noSandbox: true, platform: "darwin" }).args).toEqual(
      expect.arrayContaining(["--no-sandbox", "--disable-setuid-sandbox"]),
    );
    expect(plan([], { headless: false }).args.join(" ")).not.toContain("headless");
  });

  it("passes on what the owner adds", () => {
    const { args, problems } = plan([
      "--window-size=800,600",
      "--lang=de",
      "--disable-features=Foo,Bar",
      "--mute-audio",
    ]);
    expect(problems).toEqual([]);
    expect(args).toEqual(expect.arrayContaining(["--window-size=800,600", "--lang=de", "--mute-audio"]));
    // A second switch of the same name would replace the first one.
    expect(args.filter((argument) => argument.startsWith("--disable-features="))).toEqual([
      expect.stringMatching(/^--disable-features=Translate,MediaRouter,.*,Foo,Bar$/),
    ]);
    expect(args.at(-1)).toBe("about:blank");
  });

  it.each([
    "--remote-debugging-port=9222",
    "--remote-debugging-port",
    "--remote-debugging-address=0.0.0.0",
    "--remote-allow-origins=*",
    "--remote-debugging-io-pipes=1,2",
    "--remote-debugging-socket-name=x",
    "--remote-debugging-targets=x",
    "--proxy-server=direct://",
    "--proxy-bypass-list=*",
    "--proxy-pac-url=x",
    "--proxy-auto-detect",
    "--no-proxy-server",
    "--host-resolver-rules=MAP * 127.0.0.1",
    "--host-rules=MAP * x",
    "--origin-to-force-quic-on=*",
    "--enable-quic",
    "--load-extension=/x",
    "--disable-extensions-except=/x",
    "--user-data-dir=/x",
    "--profile-directory=x",
    "--disable-web-security",
    "--allow-file-access-from-files",
    "--auto-open-devtools-for-tabs",
    "--renderer-cmd-prefix=sh",
    "--utility-cmd-prefix=sh",
    "--gpu-launcher=sh",
    "--browser-subprocess-path=/x",
    "--no-sandbox",
    "--headless=old",
    "--log-net-log=/x",
    "--ssl-key-log-file=/x",
    "--app=http://x",
    "--ignore-certificate-errors",
    "--enable-features=x",
    "--webrtc-ip-handling-policy=default",
    "--enforce-webrtc-ip-permission-check",
    "--dns-over-https-templates=x",
    "-remote-debugging-port=1",
    "/remote-debugging-port=1",
    "--REMOTE-debugging-port=1",
    "http://x/",
    "file:///etc",
    "--",
    "",
    "--a\n--b",
    " --x",
    "--=x",
  ])("leaves out %j, and says so", (argument) => {
    const { args, problems } = plan([argument]);
    expect(args).toEqual(plan().args);
    expect(problems).toEqual([expect.stringMatching(/^browser\.extraArgs\[0\] is /)]);
  });

  it("opens no control port and no second way out, whatever is added", () => {
    const dash = fc.constantFrom("--", "-", "/", "", "---");
    const name = fc.constantFrom(
      "remote-debugging-port",
      "remote-debugging-pipe",
      "remote-debugging-address",
      "proxy-server",
      "no-proxy-server",
      "proxy-bypass-list",
      "mute-audio",
      "disable-features",
      "lang",
      "Remote-Debugging-Port",
    );
    const value = fc.constantFrom("", "=", "=9222", "=x,y", "=a b", "=--remote-debugging-port=1", "=\n");
    const argument = fc.oneof(
      fc.tuple(dash, name, value).map((parts) => parts.join("")),
      fc.string(),
    );
    const base = plan().args.map(nameOf);
    fc.assert(
      fc.property(fc.array(argument, { maxLength: 6 }), (extra) => {
        const { args } = plan(extra);
        const names = args.map(nameOf);
        expect(names.filter((one) => /remote|proxy/i.test(one)).toSorted()).toEqual(
          base.filter((one) => /remote|proxy/i.test(one)).toSorted(),
        );
        expect(args.slice(0, -1).every((one) => one.startsWith("--"))).toBe(true);
        for (const one of new Set(base)) expect(names.filter((other) => other === one)).toHaveLength(1);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes none of too many", () => {
    expect(plan(Array.from({ length: 101 }, () => "--lang=de"))).toMatchObject({
      problems: [expect.stringMatching(/too many/)],
    });
  });
});

describe("browserEnvironment", () => {
  it("keeps what a browser needs, and no secret, proxy or loader", () => {
    const env = {
      HOME: "/h",
      PATH: "/bin",
      DISPLAY: ":0",
      LC_ALL: "C",
      XDG_RUNTIME_DIR: "/run/u",
      TZ: undefined,
      OPENCLAW_GATEWAY_TOKEN: "secret",
      HTTPS_PROXY: "http://x",
      http_proxy: "x",
      LD_PRELOAD: "x",
      NODE_OPTIONS: "x",
      SSLKEYLOGFILE: "/x",
      CHROME_EXTRA_ARGS: "x",
      CHROMIUM_FLAGS: "--remote-debugging-port=1",
      path: "/x",
    };
    expect(browserEnvironment(env, "linux")).toEqual({
      HOME: "/h",
      PATH: "/bin",
      DISPLAY: ":0",
      LC_ALL: "C",
      XDG_RUNTIME_DIR: "/run/u",
    });
    expect(
      browserEnvironment(
        { SystemRoot: "C:\\Windows", Path: "C:\\x", "ProgramFiles(x86)": "y", A: "b" },
        "win32",
      ),
    ).toEqual({
      SystemRoot: "C:\\Windows",
      Path: "C:\\x",
      "ProgramFiles(x86)": "y",
    });
  });
});
