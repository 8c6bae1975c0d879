#!/usr/bin/env bash
# Start-up, process start to exit, beside an empty .NET program: ./bench/startup.sh [RUNS]. Needs hyperfine.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
command -v hyperfine >/dev/null || { echo "missing: hyperfine (apt-get install hyperfine)" >&2; exit 1; }
work=$(mktemp -d /tmp/iucutter-startup.XXXXXX)
trap 'kill "${agent:-0}" 2>/dev/null || true; rm -rf "$work"' EXIT
"$here/iucutter" --version >/dev/null

mkdir -p "$work/empty" "$work/apps"
cat >"$work/empty/empty.csproj" <<'X'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>
</Project>
X
echo 'return 0;' >"$work/empty/Program.cs"
dotnet publish "$work/empty" -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -o "$work/empty/out" --nologo -v q >/dev/null

"$here/artifacts/run/Agent/iucutter-agent" serve --root "$work/apps" --state "$work/state" --socket "$work/run/a.sock" >"$work/log" 2>&1 &
agent=$!
for _ in $(seq 100); do grep -q serves "$work/log" && break; sleep 0.05; done
iucutter=$here/artifacts/run/Packager/iucutter
hyperfine -N --warmup 3 --runs "${1:-30}" --export-markdown "$work/table.md" \
  -n 'an empty .NET program' "$work/empty/out/empty" \
  -n 'iucutter --version' "$iucutter --version" \
  -n 'iucutter push --help' "$iucutter push --help" \
  -n 'iucutter status, Unix socket' "$iucutter status --target unix://$work/run/a.sock" >/dev/null
cat "$work/table.md"
