#!/bin/bash
set -euo pipefail
. "${BENCH:?run through compare.py}/env.sh"
# verbs: start stop rest
# note: verify=sha256 of every content while it is written; atomic=one rename of the slot's link; through ssh's forwarding of the agent's socket
# Gates off: no scan, second making, compile, import, test, assert or smoke. What stays on: every digest, on both sides; the whole release read back before it is live; the rollback proof, ledger, flushes.
HOME_OF=${IUCUTTER_HOME:?the repository of iucutter}
SOCKET=$RUN/iucutter/agent.sock
case $1 in
start)
  ROOT=$2
  "$HOME_OF/iucutter" agent serve --root "$ROOT/releases" --state "$ROOT/iucutter-state" --socket "$SOCKET" >"$RUN/iucutter.log" 2>&1 &
  echo $! >"$RUN/iucutter.pid"
  for _ in $(seq 200); do grep -q serves "$RUN/iucutter.log" 2>/dev/null && exit 0; sleep 0.05; done
  cat "$RUN/iucutter.log" >&2; exit 1 ;;
stop)
  pid=$(cat "$RUN/iucutter.pid"); kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done; exit 0 ;;
rest)
  # Between the two pushes, untimed, as a target rests between releases: the agent copies the live release.
  for _ in $(seq 1200); do
    compgen -G "$2/releases/.iucutter/spares/*" | grep -qv '\.part$' && exit 0
    sleep 0.1
  done
  echo "no spare came" >&2; exit 1 ;;
esac
MODE=$1 SRC=$2 COMMIT=$3 DST=$4   # env: SRC_STATE (source side)
export IUCUTTER_SSH="ssh -F $SSHCFG" XDG_CACHE_HOME=$SRC_STATE/cache XDG_STATE_HOME=$SRC_STATE/state
exec "$HOME_OF/artifacts/run/Packager/iucutter" push "$COMMIT" --repo "$SRC" --slot "${DST##*/}" --name bench --target "${IUCUTTER_WAY:-ssh://target}$SOCKET" \
  --no-source-tests --without scan --without reproduction --without compile --without import --without test --without assert --without smoke
