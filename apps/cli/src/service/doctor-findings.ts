import type { NetworkRung } from "./doctor-rungs.ts";

/** A trouble that doctor knows by name. docs/troubleshooting.md has the same table; a test compares the two. */
export interface Finding {
  readonly rung:
    | NetworkRung
    | "credentials"
    | "pairing"
    | "surface"
    | "shell"
    | "path"
    | "browser"
    | "identity";
  readonly means: string;
  readonly remedy: string;
}

export const FINDINGS = {
  "name-unknown": {
    rung: "dns",
    means: "no name server knows the name",
    remedy: "check the spelling of --host, and whether the VPN or tailnet that knows the name is up",
  },
  "name-server-silent": {
    rung: "dns",
    means: "no name server answers",
    remedy: "check this machine's network and its name servers, for example in /etc/resolv.conf",
  },
  "connection-refused": {
    rung: "tcp",
    means: "the machine answers, but nothing listens on that port",
    remedy: "start the Gateway, check --port, and check that it does not listen on its loopback only",
  },
  "no-answer": {
    rung: "tcp",
    means: "nothing comes back: a firewall drops it, or the address is another machine's",
    remedy: "check the address, the VPN, and the firewalls on both sides",
  },
  "no-route": {
    rung: "tcp",
    means: "this machine knows no way to that address",
    remedy: "check this machine's network, its VPN and its routes",
  },
  "connection-failed": {
    rung: "tcp",
    means: "the system gave up for another reason",
    remedy: "look at the system's own word for it, and check the network",
  },
  "bad-proxy": {
    rung: "proxy",
    means: "the variable that names the proxy cannot be read",
    remedy: "write it as http://user:password@host:port, or take it away",
  },
  "proxy-away": {
    rung: "proxy",
    means: "the proxy itself cannot be reached",
    remedy: "correct the variable that names it, or add the Gateway to NO_PROXY",
  },
  "proxy-refused": {
    rung: "proxy",
    means: "the proxy does not let this machine through to the Gateway",
    remedy: "add the Gateway to NO_PROXY, or ask who runs the proxy to allow its host and port",
  },
  "no-tls-there": {
    rung: "tls",
    means: "the port does not speak TLS",
    remedy: "use --no-tls if the Gateway has none, or the port that has it",
  },
  "pin-mismatch": {
    rung: "tls",
    means: "the server is not the one that was pinned, or it has a new certificate",
    remedy:
      "compare the fingerprint with the Gateway's own, over another channel, before you pin the new one",
  },
  "certificate-expired": {
    rung: "tls",
    means: "the certificate's time is over",
    remedy: "renew it on the Gateway; if it is valid there, correct the clock of this machine",
  },
  "certificate-early": {
    rung: "tls",
    means: "the certificate's time has not come yet",
    remedy: "correct the clock of this machine",
  },
  "certificate-ends-soon": {
    rung: "tls",
    means: "the certificate is accepted for less than two weeks more",
    remedy: "renew it on the Gateway, and pin the new one before the change where a pin is used",
  },
  "authority-unknown": {
    rung: "tls",
    means: "nobody this machine trusts vouches for the certificate",
    remedy: "if it is the Gateway's own certificate, pin it; if it is your authority's, give --tls-ca",
  },
  "other-name": {
    rung: "tls",
    means: "the certificate is for another name",
    remedy: "use the name that the certificate has as --host, or pin it",
  },
  "certificate-refused": {
    rung: "tls",
    means: "the certificate or the TLS version was not accepted",
    remedy: "look at what the server offers",
  },
  "bad-ca-file": {
    rung: "tls",
    means: "the file of --tls-ca cannot be used",
    remedy: "name a readable PEM file with --tls-ca, or run once with --no-tls and --tls to drop it",
  },
  redirect: {
    rung: "in-the-way",
    means:
      "something answers for the Gateway and sends elsewhere: a reverse proxy, a login page, a captive portal",
    remedy: "use the address that it leads to if that is the Gateway's, else sign in to the network",
  },
  "captive-portal": {
    rung: "in-the-way",
    means: "a web page came instead of an upgrade",
    remedy:
      "sign in to the network with a browser; if the page is the Gateway's own, check --port and --context-path",
  },
  "door-closed": {
    rung: "in-the-way",
    means:
      "an access proxy in front of the Gateway lets nobody through without its headers, which doctor does not send",
    remedy: "give the host its headers with --header; with them this is no trouble",
  },
  "behind-it-away": {
    rung: "in-the-way",
    means: "a reverse proxy answers, but the Gateway behind it does not",
    remedy: "start the Gateway, or correct where the reverse proxy leads",
  },
  "wrong-path": {
    rung: "upgrade",
    means: "a web server answers that has no Gateway at this path",
    remedy: "check --host, --port and --context-path",
  },
  "upgrade-dropped": {
    rung: "upgrade",
    means: "the request arrived without its upgrade: a reverse proxy does not pass WebSocket on",
    remedy: "let the reverse proxy pass the headers Upgrade and Connection, with HTTP/1.1",
  },
  "tls-expected": {
    rung: "upgrade",
    means: "the port hangs up on plain text, as a port with TLS does",
    remedy: "use --tls if the Gateway has it, or check --port",
  },
  "no-gateway-there": {
    rung: "upgrade",
    means: "something else than a Gateway listens there",
    remedy: "check --host and --port",
  },
  "upgrade-silent": {
    rung: "upgrade",
    means: "the connection is taken, and then nothing comes",
    remedy: "check --port, restart a Gateway that hangs, and look at what stands in front of it",
  },
  "no-challenge": {
    rung: "challenge",
    means: "a WebSocket opens, but no Gateway speaks first",
    remedy: "check --port; a reverse proxy must not hold frames back; restart a Gateway that hangs",
  },
  "gateway-starting": {
    rung: "challenge",
    means: "the Gateway is just starting, or stopping",
    remedy: "wait a minute and ask again",
  },
  "clock-wrong": {
    rung: "clock",
    means: "the clocks of this machine and of the Gateway differ by a minute or more",
    remedy:
      "set the clock by the network on the machine that is wrong, for example with timedatectl set-ntp true",
  },
  "no-credential": {
    rung: "credentials",
    means: "there is nothing to show to a Gateway",
    remedy: "set OPENCLAW_GATEWAY_TOKEN, or pair with a code: openclaw node run --pair -",
  },
  "credential-refused": {
    rung: "credentials",
    means: "the Gateway does not accept what this node shows",
    remedy: "give it the Gateway's present token, or pair it anew with a code",
  },
  "not-paired": {
    rung: "pairing",
    means: "the Gateway knows this machine, and waits for its operator to accept it",
    remedy: "approve it on the Gateway; the node goes on by itself",
  },
  "commands-pending": {
    rung: "surface",
    means: "the node is connected, but its commands are not approved",
    remedy: "approve them on the Gateway; the node goes on by itself",
  },
  "commands-rejected": {
    rung: "surface",
    means: "the operator rejected the node's commands",
    remedy: "restart the node when they may be approved after all",
  },
  "commands-not-asked": {
    rung: "surface",
    means: "this Gateway asks only once, and was not asked about what was added",
    remedy: "remove the node on the Gateway, and it pairs anew",
  },
  "no-shell": {
    rung: "shell",
    means: "commands that need a shell cannot be run",
    remedy: "install a shell as /bin/sh",
  },
  "no-path": {
    rung: "path",
    means: "runs find no program by its name",
    remedy: "set PATH for the host; openclaw node install --force writes it into the service",
  },
  "path-writable": {
    rung: "path",
    means: "other accounts can put programs where runs look for them",
    remedy: "take the write permission from the others",
  },
  "path-missing": {
    rung: "path",
    means: "directories in PATH are not there",
    remedy: "nothing has to be done, unless a program is not found",
  },
  "no-browser": {
    rung: "browser",
    means: "no browser that this node could drive is installed",
    remedy: "install Chrome, Chromium, Edge or Brave, or set browser.executablePath",
  },
  "no-playwright": {
    rung: "browser",
    means: "what drives pages is not installed; it is optional",
    remedy: "install it beside this program, if this node is to answer browser calls",
  },
  "no-sandbox": {
    rung: "browser",
    means: "browsers do not start with their sandbox for root",
    remedy: "run the node as another account, or set browser.noSandbox",
  },
  "identity-copied": {
    rung: "identity",
    means:
      "another state directory holds the same identity; the Gateway sees one node, and two take its place by turns",
    remedy: "keep one of them; in the other remove identity/device.json, and it gets an identity of its own",
  },
  "lock-held": {
    rung: "identity",
    means: "a process holds the state directory, but no host answers",
    remedy: "end that process if it hangs, then start the node",
  },
} as const;

export type FindingCode = keyof typeof FINDINGS;

export function findingOf(code: FindingCode): Finding {
  return FINDINGS[code];
}
