import type { OutputFilter, OutputStream } from "@openclaw/executor";
import type { MaskSetting } from "./mask-settings.ts";
import { secretTexts } from "./secret-texts.ts";
import { StreamMask, type MaskWish } from "./stream-mask.ts";

/** Where the values of secrets are looked up. */
export interface SecretSources {
  /** Of this host itself, also what runs do not inherit. */
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** Secrets of this host that no run may show; may grow. */
  readonly secrets: ReadonlySet<string>;
}

/** The filter of one run. `env` is what the run gets; it is never changed. */
export function runMask(
  setting: MaskSetting,
  env: Readonly<Record<string, string>>,
  sources: SecretSources,
): OutputFilter {
  const wish: MaskWish = { texts: textsFor(setting, env, sources), tokens: setting.tokens !== false };
  const masks = { stdout: new StreamMask(wish), stderr: new StreamMask(wish) };
  return {
    pass: (stream: OutputStream, piece) => masks[stream].pass(piece),
    rest: (stream: OutputStream) => masks[stream].rest(),
  };
}

interface Known {
  readonly setting: MaskSetting;
  readonly secrets: number;
  readonly texts: readonly string[];
}

/** Most runs have the same environment, and it is the same object. */
const KNOWN = new WeakMap<Readonly<Record<string, string>>, Known>();

function textsFor(
  setting: MaskSetting,
  env: Readonly<Record<string, string>>,
  { hostEnv, secrets }: SecretSources,
): readonly string[] {
  const known = KNOWN.get(env);
  if (known?.setting === setting && known.secrets === secrets.size) return known.texts;
  const isNamed = nameTest(setting.variables ?? []);
  const values = [env, hostEnv].flatMap((variables) =>
    Object.entries(variables).flatMap(([name, value]) =>
      value !== undefined && isNamed(name) ? [value] : [],
    ),
  );
  const texts = secretTexts([...secrets, ...values]);
  KNOWN.set(env, { setting, secrets: secrets.size, texts });
  return texts;
}

/** `*` stands for any characters; names count without regard to case, as on Windows. */
function nameTest(patterns: readonly string[]): (name: string) => boolean {
  const tests = patterns.map((pattern) => {
    const literal = pattern.split("*").map((part) => part.replace(/[^A-Za-z0-9_]/gu, String.raw`\$&`));
    return new RegExp(`^${literal.join(".*")}$`, "isu");
  });
  return (name) => tests.some((test) => test.test(name));
}
