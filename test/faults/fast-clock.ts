// Loaded before a program (`node --import`): its clocks and timers run so many times faster. Nothing else of it changes.
const FACTOR = Number(process.env["OPENCLAW_TEST_CLOCK"] ?? "1");

const { setTimeout: timeout, setInterval: interval } = globalThis;
const steady = performance.now.bind(performance);
const begun = Date.now();
const from = steady();

performance.now = () => steady() * FACTOR;
Date.now = () => Math.round(begun + (steady() - from) * FACTOR);
globalThis.setTimeout = Object.assign(
  (act: () => void, ms = 0, ...rest: []) => timeout(act, ms / FACTOR, ...rest),
  timeout,
);
globalThis.setInterval = Object.assign(
  (act: () => void, ms = 0, ...rest: []) => interval(act, ms / FACTOR, ...rest),
  interval,
);
