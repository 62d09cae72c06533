// Preloaded by a command under test: it believes that it is on another platform, whose tools are stand-ins in PATH.
import { registerHooks } from "node:module";
import path from "node:path";

const { TEST_PLATFORM: platform = "" } = process.env;
Object.defineProperty(process, "platform", { value: platform });

// There, `node:path` is the one of Windows. A path such as C:\Users\ada is then the name of one file or directory in
// the current directory.
const source = [
  'import path from "node:path";',
  "export default path.win32;",
  `export const { ${Object.keys(path.win32).join(", ")} } = path.win32;`,
].join("\n");
if (platform === "win32")
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "node:path" && context.parentURL?.startsWith("file:")
        ? { url: "windows:path", format: "module", shortCircuit: true }
        : next(specifier, context),
    load: (url, context, next) =>
      url === "windows:path" ? { format: "module", source, shortCircuit: true } : next(url, context),
  });
