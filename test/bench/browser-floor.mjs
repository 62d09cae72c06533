// The floor of the browser figures: a bare Node process that does the same with plain playwright-core.
import { createRequire } from "node:module";

const [manifest, executablePath, userDataDir, noSandbox] = process.argv.slice(2);
let context;
let page;

const STEPS = {
  open: async ({ url }) => {
    const { chromium } = createRequire(manifest)("playwright-core");
    context = await chromium.launchPersistentContext(userDataDir, {
      executablePath,
      headless: true,
      chromiumSandbox: noSandbox !== "true",
    });
    page = await context.newPage();
    await page.goto(url);
  },
  snapshot: async () => await page.ariaSnapshot({ mode: "ai" }),
  click: async ({ ref }) => await page.locator(`aria-ref=${ref}`).click(),
  close: async () => await context.close(),
};

process.on("message", (step) => {
  STEPS[step.do](step).then(
    (value) => process.send({ value }),
    (error) => process.send({ error: String(error) }),
  );
});
