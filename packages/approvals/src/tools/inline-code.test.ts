import { describe, expect, test } from "vitest";
import { inlineCodeIn } from "./inline-code.ts";

const inlineOf = (text: string): string | undefined => {
  const [name = "", ...args] = text.split(" ");
  return inlineCodeIn(name, args);
};

describe("code in the arguments", () => {
  test.each([
    ["python3 -c 1", "-c"],
    ["python3.11 -Bc 1", "-c"],
    ["python3 -cprint(1)", "-c"],
    ["python3 -W ignore -c 1", "-c"],
    ["python3 -Wignore -X dev -Sc 1", "-c"],
    ["python3 -m http.server", "-m"],
    ["python3 -", "inline program"],
    ["python3", "inline program"],
    ["python3 -u", "inline program"],
    ["node -e 1", "-e"],
    ["node -pe 1", "-p"],
    ["node --eval=1", "--eval"],
    ["node --ev 1", "--eval"],
    ["node --title x -e 1", "-e"],
    ["node --require ./x app.js", "--require"],
    ["node -r ./x app.js", "-r"],
    ["node --import=x app.js", "--import"],
    ["deno eval 1", "eval"],
    ["perl -e 1", "-e"],
    ["perl -ne 1", "-e"],
    ["perl -lane 1", "-e"],
    ["perl -i.bak -pe 1", "-e"],
    ["perl -0777ne 1", "-e"],
    ["ruby -ne 1", "-e"],
    ["perl -MO=x a.pl", "-M"],
    ["ruby -rx a.rb", "-r"],
    ["php -r 1", "-r"],
    ["php -d auto_prepend_file=x a.php", "-d"],
    ["php -dx=y a.php", "-d"],
    ["lua -e 1", "-e"],
    ["julia -E 1", "-E"],
    ["erl -noshell -eval 1", "-eval"],
    ["gdb -ex x", "-ex"],
    ["make -f x", "-f"],
    ["make -sf x", "-f"],
    ["awk {print}", "inline program"],
    ["awk -F : {print}", "inline program"],
    ["gawk --source x", "--source"],
    ["sed -n 1p", "inline program"],
    ["sed -ne 1p", "-e"],
    ["sed -i.bak s/a/b/ x", "inline program"],
    ["sed --expression=p", "--expression"],
    ["find . -exec x ;", "-exec"],
    ["find . -okdir x ;", "-okdir"],
    ["xargs mytool", "inline command"],
    ["Python3.EXE -c 1", "-c"],
  ])("%s: %s", (text, expected) => {
    expect(inlineOf(text)).toBe(expected);
  });
});

describe("no code in the arguments", () => {
  test.each([
    "python3 app.py -c 1",
    "python3 -u app.py",
    "python3 -W ignore app.py -c x",
    "python3 --version",
    "python3 -V",
    "node app.js -e x",
    "node --no-warnings app.js --eval",
    "node -- -e",
    "node --version",
    "perl -i.bake x.pl",
    "perl -w x.pl -e",
    "ruby x.rb -e",
    "php x.php -r",
    "lua x.lua -e",
    "deno run x.ts",
    "make -j4 test",
    "awk -f p.awk x",
    "awk -fp.awk x",
    "sed -f x y",
    "sed -nf x y",
    "find . -name x",
    "xargs",
    "git commit -c x",
  ])("%s", (text) => {
    expect(inlineOf(text)).toBeUndefined();
  });
});
