// The floor of every figure: a bare Node process with nothing but what Node brings.
// `connect URL` answers the challenge with a connect frame and stays; `run` spawns on request.
import { execFile } from "node:child_process";

const [mode, url] = process.argv.slice(2);

if (mode === "connect") {
  const socket = new WebSocket(url);
  socket.addEventListener("message", (event) => {
    const frame = JSON.parse(event.data);
    if (frame.event === "connect.challenge") {
      socket.send(JSON.stringify({ type: "req", id: "connect", method: "connect", params: {} }));
    }
  });
  process.on("SIGTERM", () => process.exit(0));
} else {
  const one = () =>
    new Promise((resolve, reject) => {
      execFile("/bin/true", (error) => (error ? reject(error) : resolve()));
    });
  const rounds = async ({ count, parallel }) => {
    const times = [];
    const startedAt = performance.now();
    let left = count;
    const worker = async () => {
      while (left-- > 0) {
        const begin = performance.now();
        await one();
        times.push(performance.now() - begin);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    process.send({ times, totalMs: performance.now() - startedAt });
  };
  process.on("message", (request) => void rounds(request));
}
