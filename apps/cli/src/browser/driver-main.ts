import { serveDriver } from "@openclaw/browser-proxy";

/** The program of the driver process; the host starts it, nobody else does. */
if (process.send === undefined) {
  process.stderr.write("this is a part of the node host, which starts it by itself\n");
  process.exitCode = 2;
} else {
  // It belongs to one call, which ends with its time; the other calls and browsers have no part in it. Told once, and
  // without its text, which may be a page's.
  process.on("unhandledRejection", () => undefined);
  process.once("unhandledRejection", () => {
    const sentence = "something failed in the browser driver that no call waits for; its calls go on";
    process.send?.({ type: "log", level: "warn", sentence });
  });
  serveDriver();
}
