#!/usr/bin/env bash
# Peak resident memory (VmHWM) of packager and agent during a push, and the time that the push took.
#   ./bench/memory.sh files N      a commit of N small files
#   ./bench/memory.sh bytes N      a commit of one file of N bytes
# Then a second push, with one file changed. Gates are off; whatever verifies is on.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=${1:?files or bytes} count=${2:?how many}
./iucutter --version >/dev/null
work=$(mktemp -d "${TMPDIR:-/tmp}/iucutter-memory.XXXXXX")
agent=
trap '[ -z "$agent" ] || { kill "$agent"; wait "$agent" || true; }; rm -rf "$work"' EXIT

git init -q -b main "$work/source"
commit() { # SUBJECT, then the stream's commands on standard input
  { printf 'commit refs/heads/main\ncommitter Ann <ann@example.org> 1700000000 +0000\ndata %s\n%s\n' "${#1}" "$1"; cat; } | git -C "$work/source" fast-import --quiet --force --date-format=raw
}
if [ "$kind" = files ]; then
  awk -v n="$count" 'BEGIN { for (i = 0; i < n; i++) { t = "content of file " i "\n"; printf "M 100644 inline src/module-%03d/package-%02d/file-%07d.txt\ndata %d\n%s\n", i % 500, i % 37, i, length(t), t } }' | commit first
else
  head -c "$count" /dev/zero | openssl enc -aes-128-ctr -K 0 -iv 0 2>/dev/null >"$work/large"
  { printf 'M 100644 inline large\ndata %s\n' "$count"; cat "$work/large"; echo; } | commit first
  rm "$work/large"
fi
printf 'from refs/heads/main^0\nM 100644 inline changed\ndata 2\nx\n\n' | commit second

peak() { awk '/VmHWM/ {printf "%d", $2 / 1024}' "/proc/$1/status" 2>/dev/null || true; }
artifacts/run/Agent/iucutter-agent serve --root "$work/root" --state "$work/state" --socket "$work/agent.sock" >"$work/agent.log" 2>&1 &
agent=$!
mkdir -p "$work/root"
for _ in $(seq 200); do grep -q serves "$work/agent.log" && break; sleep 0.05; done
for commit in main~1 main; do
  began=$(date +%s.%N)
  artifacts/run/Packager/iucutter push "$commit" --repo "$work/source" --slot app --name app --target "unix://$work/agent.sock" --no-source-tests \
    --without compile --without import --without test --without assert --without smoke >"$work/push.log" 2>&1 &
  packager=$! most=0
  while kill -0 "$packager" 2>/dev/null; do now=$(peak "$packager"); [ "${now:-0}" -le "$most" ] || most=$now; sleep 0.02; done
  wait "$packager" || { cat "$work/push.log" >&2; exit 1; }
  printf '%s %s, %s: packager %s MB, agent %s MB, %.1f s\n' "$count" "$kind" "$commit" "$most" "$(peak "$agent")" "$(echo "$(date +%s.%N) - $began" | bc)"
done
