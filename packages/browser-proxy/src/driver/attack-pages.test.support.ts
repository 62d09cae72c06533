/** Everything that leads to this machine's loopback, in the spellings that browsers understand. */
function spellings(port: number): readonly string[] {
  const hosts = ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1"];
  const names = ["[::ffff:127.0.0.1]", "a.localhost", "rebind.example", "inside.example"];
  return [...hosts, ...names].map((host) => `http://${host}:${String(port)}`);
}

/** An extension that comes with the browser, and the pages with which browsers are examined. */
export const ownPages: readonly string[] = [
  "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/index.html",
  "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/manifest.json",
  "devtools://devtools/bundled/inspector.html",
];

/** A page that tries, and says so at `/done/<name>` when all its tries have come to an end. */
function attempt(name: string, script: string, markup = ""): string {
  return `<!doctype html><title>${name}</title><body>${markup}<script>
const settle = (p) => Promise.race([Promise.resolve(p).then(() => "in", () => "out"), new Promise((r) => setTimeout(r, 4000))]);
const done = (tries) => Promise.all(tries.map(settle)).then(() => fetch("/done/${name}"));
const event = (target, ...names) => new Promise((r) => names.forEach((n) => target.addEventListener(n, r)));
${script}</script>`;
}

/** Pages that try to reach a port of this machine, by name. */
export function attackPages(port: number, udpPort: number): Readonly<Record<string, string>> {
  const canary = `http://127.0.0.1:${String(port)}`;
  const urls = JSON.stringify(spellings(port));
  const own = JSON.stringify(ownPages);
  const socket = canary.replace("http", "ws");
  return {
    fetch: attempt(
      "fetch",
      `done(${urls}.flatMap((u) => [fetch(u + "/fetch", { mode: "no-cors" }), fetch(u + "/post", { method: "POST", mode: "no-cors", body: "x" })])
        .concat(fetch("http://169.254.169.254/latest/meta-data/", { mode: "no-cors" })))`,
    ),
    socket: attempt(
      "socket",
      `done(${urls}.map((u) => event(new WebSocket(u.replace("http", "ws") + "/ws"), "open", "error"))
        .concat(event(new EventSource("${canary}/events"), "open", "error")))`,
    ),
    worker: attempt(
      "worker",
      `const code = "fetch('${canary}/worker', { mode: 'no-cors' }).then(() => postMessage(1), () => postMessage(0)); new WebSocket('${socket}/worker')";
      const url = URL.createObjectURL(new Blob([code]));
      navigator.sendBeacon("${canary}/beacon", "x");
      done([event(new Worker(url), "message"), event(new Worker("data:text/javascript," + encodeURIComponent(code)), "message")])`,
    ),
    service: attempt(
      "service",
      `done([navigator.serviceWorker.register("/service.js").then(() => navigator.serviceWorker.ready)
        .then(() => event(navigator.serviceWorker, "message")), event(navigator.serviceWorker, "message")])`,
    ),
    frames: attempt(
      "frames",
      `const add = (src) => { const f = document.createElement("iframe"); f.src = src; document.body.append(f); return event(f, "load", "error"); };
      const inner = "<script>fetch('${canary}/inner', {mode:'no-cors'}).catch(()=>0)</scr" + "ipt><img src='${canary}/inner-img'>";
      const blob = URL.createObjectURL(new Blob([inner], { type: "text/html" }));
      done([...${urls}.map((u) => add(u + "/frame")), ...${own}.map(add), add(blob), add("data:text/html," + encodeURIComponent(inner)),
        add("file:///etc/passwd"), add("view-source:${canary}/"), add("chrome://version"), add("javascript:location='${canary}/js-frame'")])`,
      `<iframe srcdoc="<img src='${canary}/srcdoc'><meta http-equiv=refresh content='0;url=${canary}/srcdoc-meta'>"></iframe>
       <img src="${canary}/img"><link rel=stylesheet href="${canary}/css"><link rel=prefetch href="${canary}/prefetch">
       <link rel=preconnect href="${canary}"><link rel=dns-prefetch href="//rebind.example"><link rel=icon href="${canary}/icon">
       <script src="${canary}/script"></script><object data="${canary}/object"></object><video src="${canary}/video"></video>
       <form id=f method=post target=g action="${canary}/form"></form><iframe name=g></iframe><script>f.submit()</script>`,
    ),
    popups: attempt(
      "popups",
      `for (const url of [...${own}, "${canary}/popup", "view-source:${canary}/", "view-source:http://127.0.0.1/", "file:///etc/passwd", "chrome://version",
        "chrome://settings", "data:text/html,<p>data", "about:version",
        URL.createObjectURL(new Blob(["<script>location='${canary}/blob-popup'</scr" + "ipt>"], { type: "text/html" }))]) window.open(url);
      const later = window.open("about:blank");
      if (later) { later.location = "${canary}/later"; setTimeout(() => { try { later.location = "file:///etc/passwd" } catch {} }, 200); }
      setTimeout(() => fetch("/done/popups"), 1500)`,
    ),
    peer: attempt(
      "peer",
      `const pc = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:${String(udpPort)}" }, { urls: "turn:127.0.0.1:${String(port)}?transport=tcp", username: "a", credential: "b" }] });
      pc.createDataChannel("x"); pc.createOffer().then((o) => pc.setLocalDescription(o));
      let quic; try { quic = new WebTransport("https://127.0.0.1:${String(udpPort)}/").ready } catch {}
      done([new Promise((r) => setTimeout(r, 1500)), quic])`,
    ),
    meta: `<title>meta</title><meta http-equiv="refresh" content="0;url=${canary}/meta"><p>meta`,
    script: `<title>script</title><script>location.href = "${canary}/script-location"</script>`,
    file: `<title>file</title><script>location.href = "file:///etc/passwd"</script><p>still here`,
    extension: `<title>extension</title><script>location.href = "${ownPages[0] ?? ""}"</script><p>still here`,
    devtools: `<title>devtools</title><script>location.href = "${ownPages[2] ?? ""}"</script><p>still here`,
    source: `<title>source</title><script>location.href = "view-source:${canary}/"</script><p>still here`,
  };
}

/** A service worker that tries when it is installed and for every page of its own. */
export function attackingWorker(port: number): string {
  const canary = `http://127.0.0.1:${String(port)}`;
  return `const tell = async () => { for (const c of await clients.matchAll({ includeUncontrolled: true })) c.postMessage("tried") };
const tries = () => Promise.allSettled([fetch("${canary}/sw", { mode: "no-cors" }), fetch("http://rebind.example:${String(port)}/sw", { mode: "no-cors" }), importScripts && 0]);
self.addEventListener("install", (e) => e.waitUntil(tries().then(() => self.skipWaiting())));
self.addEventListener("activate", (e) => e.waitUntil(clients.claim().then(tries).then(tell).then(tell)));
self.addEventListener("fetch", (e) => { if (e.request.url.endsWith("/through-sw")) e.respondWith(fetch("${canary}/through-sw", { mode: "no-cors" })) });`;
}
