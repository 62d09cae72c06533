import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeScene, policyOf, type Scene } from "./testing/scene.test.support.ts";

const PROGRAMS =
  "git npm npx node yarn pnpm docker kubectl rg grep fd jq ls cat cp mv rm mkdir touch echo printf date uname whoami df du ps systemctl journalctl python3 pip pytest cargo go make gcc tar zip unzip gzip curl wget rsync scp sed awk find sort diff patch chmod ln stat file which openclaw sqlite3 apt-get sha256sum base64 sleep gh terraform ruby perl php java mvn";

let scene: Scene;
let listed: ReturnType<typeof policyOf>;
beforeAll(() => {
  scene = makeScene();
  for (const name of PROGRAMS.split(" ")) scene.program(`bin/${name}`);
  listed = policyOf([`${scene.bin}/*`]);
});
afterAll(() => {
  scene.remove();
});

/** Texts as agents send them every day. */
const TEXTS = String.raw`
git status --short --branch
git diff --stat HEAD~3 -- src/index.ts
git log --oneline --graph --decorate -n 20
git log --since="2 weeks ago" --author='Jörg Müller' --pretty=format:'%h %an %s'
git add -A && git commit -m "fix: don't crash on empty input" && git push -u origin main
git -C /tmp/repo pull --rebase origin main
git fetch --all --prune; git branch -vv | grep gone
git clone --depth 1 https://github.com/x/y.git /tmp/y
git stash push -m 'wip: a && b'
git checkout -b feature/x-1 origin/main
git show HEAD:package.json | jq -r .version
git rev-parse --abbrev-ref HEAD
git config --get remote.origin.url
git tag -a v1.0.0 -m 'Release 1.0.0'
git worktree list
git blame -L 10,20 src/a.ts
git cherry-pick -x abc123
npm ci
npm install --save-dev typescript@5
npm run build --workspaces --if-present
npm test -- --runInBand --coverage
npm view react version
npm ls --depth=0
npm outdated || true
yarn install --frozen-lockfile
pnpm -r build
pnpm add -D vitest
node --version && npm --version
node dist/index.js --port 3000 --host 127.0.0.1
docker ps -a --format '{{.Names}} {{.Status}}'
docker images | sort -k2 | head -5
docker logs --tail 100 -f web
docker build -t app:latest --build-arg VERSION=1.2.3 .
docker compose up -d --build
docker inspect web | jq '.[0].State'
docker pull postgres:16
kubectl get pods -n default -o wide
kubectl logs deploy/web --tail=50
rg -n --hidden -g '!node_modules' 'TODO|FIXME' src
rg --files -t ts | wc -l
rg -l 'foo\(' . | sort | uniq -c
grep -rn "import .* from" src --include='*.ts'
grep -E '^(a|b)+$' file.txt | tail -n 20
fd -e ts -E dist
find . -name '*.ts' -not -path './node_modules/*' -type f
find /var/log -mtime -1 -size +1M -print
jq '.items[] | select(.id == "x") | {id, name}' data.json
ls -la --color=never /tmp | head -20
cat README.md | head -n 40
cat 'file with spaces.txt' "quo'ted.md" größe.txt 日本語.txt
cat package.json | jq '.dependencies | keys | length'
cp -r src/ /tmp/backup-2026-01-01/
mv 'a b' c && rm -f d
mkdir -p a/b/c && touch a/b/c/d.txt
rm -rf dist build coverage
echo 'hello; world | not a pipe > not a file'
echo "100% sure, isn't it?"
printf '%s\n' a b c | sort -r
date -u +%Y-%m-%dT%H:%M:%SZ
uname -a; whoami; df -h
du -sh /tmp/x | cut -f1
ps aux --sort=-%mem | head -10
systemctl status nginx --no-pager
systemctl --user restart openclaw-node.service
systemctl is-active docker && systemctl list-units --failed
journalctl -u nginx --since today -n 100 --no-pager
python3 script.py --input data.csv --flag
python3 manage.py migrate && python3 manage.py test
python3 -m pytest -q tests/
python3 -m venv .venv
pip install -r requirements.txt
pip list --outdated --format=json
pytest -x -k "not slow" --maxfail=1
cargo build --release --all-features
cargo test -p core -- --nocapture
cargo clippy -- -D warnings
go build ./... && go test -race ./...
go mod tidy
make
make -j8 all VERBOSE=1 PREFIX=/usr/local
make clean && make test
gcc -Wall -O2 -o out main.c -lm
tar -czf backup.tar.gz -C /srv data --exclude='*.log'
tar xzf x.tgz --strip-components=1
tar -tvf archive.tar | head
zip -r out.zip dir -x '*.git*'
unzip -o out.zip -d dir
gzip -dk file.gz
curl -fsSL https://example.com/api -H 'Accept: application/json' | jq .
curl -X POST -d '{"a":1}' -H "Content-Type: application/json" http://localhost:3000/x
curl -s -o /dev/null -w '%{http_code}' https://example.com
wget -qO- https://example.com/x.txt
rsync -avz --delete --exclude '.git' src/ host:/srv/app/
scp -r dist host:/srv/www
sed -n '10,20p' file.txt
sed -i 's/foo/bar/g; s#/old/path#/new/path#' config.ini
sed -e '/^#/d' -e '/^$/d' /etc/hosts
sed -E 's/^([a-z]+)=(.*)$/\1: \2/' env.txt
awk '{print $1, $NF}' access.log
awk -F, 'NR>1 && $3 > 100 {sum += $3} END {print sum/NR}' data.csv
awk 'BEGIN{FS=":"} $7 ~ /bash|zsh/ {print $1}' /etc/passwd
sort -t: -k3,3n /etc/passwd | cut -d: -f1,3
diff -u a.txt b.txt || true
patch -p1 -i fix.patch
chmod 755 script.sh && ln -s script.sh run
stat -c '%s %n' file.bin
which node && node --version
cd /tmp && ls -la && git status
cd '/usr/share' && find . -name '*.txt' | wc -l
[ -f package.json ] && npm run lint
test -d node_modules || npm ci
sqlite3 app.db 'select count(*) from users where name like "a%"'
apt-get update && apt-get install -y ripgrep
sha256sum dist/*.tgz
timeout 60 npm test
nice -n 10 make -j2
env node --version
nohup node server.js
gh pr list --state open --limit 5
gh run view 123 --log-failed
terraform plan -out=plan.bin
perl script.pl --verbose in.txt
java -jar app.jar --server.port=8080
mvn -q -DskipTests package
openclaw node status --json
sh -c 'git status && git diff'
bash -c "ls -la | grep '^d'"
true && echo ok || echo failed
`
  .trim()
  .split("\n")
  // Unquoted patterns are left to no shell: that one asks.
  .filter((text) => !text.includes("dist/*.tgz"));

describe("everyday commands with a sensible allowlist run", () => {
  test.each(TEXTS)("%s", (text) => {
    const decision = scene.decide(scene.text(text), listed);
    const missed = decision.view?.segments.find((segment) => !segment.covered);
    expect(decision.outcome, JSON.stringify([decision.view?.notAnalyzable, missed])).toBe("allow");
  });

  test("there are enough of them", () => {
    expect(TEXTS.length).toBeGreaterThan(120);
  });

  test("long ones too", () => {
    const files = Array.from({ length: 1500 }, (_unused, index) => `src/dir-${index}/file-${index}.ts`);
    expect(scene.decide(scene.text(`git add ${files.join(" ")}`), listed).outcome).toBe("allow");
    expect(scene.decide(scene.request(["git", "add", ...files]), listed).outcome).toBe("allow");
    expect(scene.decide(scene.request(["echo", "x".repeat(100_000)]), listed).outcome).toBe("allow");
    const chain = Array.from({ length: 40 }, (_unused, index) => `git tag v${index}`).join(" && ");
    expect(scene.decide(scene.text(chain), listed).outcome).toBe("allow");
  });
});
