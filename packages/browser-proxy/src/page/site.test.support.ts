import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Site {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

const shop = `<!doctype html><html lang="en"><title>Shop Form</title>
<h1>Order form</h1><nav><a href="/two.html">Second page</a> <a href="/file.bin" download>Download file</a></nav>
<form onsubmit="return false"><label>Name <input id="name"></label>
<label>Size <select id="size"><option value="s">Small</option><option value="l">Large</option></select></label>
<label><input type="checkbox" id="agree"> Agree</label>
<button id="go" onclick="clicks = (window.clicks ?? 0) + 1; console.log('clicked ' + clicks); out.textContent = 'Hello ' + name.value" ondblclick="out.textContent = 'double'">Greet</button>
<button onclick="console.error('bad'); throw new Error('boom')">Fail</button>
<button onclick="out.textContent = 'confirm=' + confirm('Sure?')">Ask</button>
<button onclick="fetch('/data.json').then((a) => a.json()).then((d) => out.textContent = 'answer ' + d.answer)">Fetch</button>
<input type="file" id="file" aria-label="Upload" onchange="out.textContent = 'file ' + [...this.files].map((f) => f.name).join()"></form>
<p id="out">nothing</p>
<div id="drag" role="button" draggable="true" ondragstart="event.dataTransfer.setData('text', 'it')">Drag me</div>
<div id="drop" role="button" aria-label="Drop zone" ondragover="event.preventDefault()" ondrop="event.preventDefault(); out.textContent = 'dropped ' + event.dataTransfer.getData('text')">Drop</div>
<script>const out = document.getElementById("out"), name = undefined;</script>
<script>document.getElementById("go").onclick = () => { window.clicks = (window.clicks ?? 0) + 1; console.log("clicked " + window.clicks); out.textContent = "Hello " + document.getElementById("name").value; };</script></html>`;

const pieces = `<!doctype html><meta charset="utf-8"><title>Stücke</title>
<h1>Größe &amp; 大小</h1><button>Same</button><button>Same</button><button></button>
<button onclick="document.title = 'quoted'">say "hi" [ref=e1]: it's</button>
<div id="host"></div><iframe id="inner" srcdoc="<button onclick='this.textContent=&quot;pressed&quot;'>Inside</button><p>frame text</p>"></iframe>
<div style="height:3000px"></div><button id="far">Far away</button>
<a href="/long">${"long name ".repeat(120)}</a><a href="/short">short</a><button>   </button>
<button aria-label="two
 lines">x</button><button>/a.*/</button><a href="/nameless"><img alt=""></a><select><option>Ä</option><option></option></select>
<button id="hidden" style="display:none">Hidden</button>
<div style="position:relative"><button id="covered">Covered</button><div style="position:absolute;inset:0"></div></div>
<ul><li>one</li><li>two</li></ul><canvas id="c" width="50" height="50"></canvas>
<script>document.getElementById("host").attachShadow({ mode: "open" }).innerHTML = "<button onclick=\\"document.title='shadow'\\">Shadow</button>";</script>`;

/** Pages for everything that routes do with a page. */
export async function startSite(): Promise<Site> {
  const pages: Readonly<Record<string, string>> = {
    "/": shop,
    "/two.html": "<!doctype html><title>Two</title><h1>Second</h1><a href='/'>Back</a>",
    "/pieces": pieces,
    "/blank": "<!doctype html><meta name=viewport content='width=device-width'><title>Blank</title>",
    "/strict": "<!doctype html><title>Strict</title><button>Press</button>",
    "/many": many(5_000),
    "/huge": many(10_000),
    "/tall":
      "<!doctype html><title>Tall</title><div style='height:40000px;width:3000px;background:linear-gradient(red,blue)'></div>",
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    if (path === "/slow") return;
    if (path === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    if (path === "/file.bin") {
      response.setHeader("content-disposition", 'attachment; filename="file.bin"');
      response.end(Buffer.alloc(2_000, 7));
      return;
    }
    if (path === "/data.json") {
      response.setHeader("content-type", "application/json");
      response.end('{"answer":42}\n');
      return;
    }
    if (path === "/echo") {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.headers));
      return;
    }
    if (path === "/private" && request.headers.authorization === undefined) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' });
      response.end();
      return;
    }
    if (path === "/strict")
      response.setHeader(
        "content-security-policy",
        "default-src 'none'; require-trusted-types-for 'script'; sandbox allow-scripts allow-same-origin",
      );
    const page = pages[path] ?? (path === "/private" ? "let in" : undefined);
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(page ?? "nothing here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function many(nodes: number): string {
  const items = Array.from({ length: nodes / 5 }, (_, index) => {
    const number = String(index);
    return `<li><h3>Item ${number}</h3><a href="/i/${number}">Open ${number}</a><button>Buy ${number}</button><span>text ${number}</span></li>`;
  });
  return `<!doctype html><title>Many</title><ul>${items.join("")}</ul>`;
}
