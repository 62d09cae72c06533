import { serveDriver } from "@openclaw/browser-proxy";

/** The program of the driver process; the host starts it, nobody else does. */
if (process.send === undefined) {
  process.stderr.write("this is a part of the node host, which starts it by itself\n");
  process.exitCode = 2;
} else serveDriver();
