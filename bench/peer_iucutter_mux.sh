#!/bin/bash
# verbs: start stop rest
# note: as peer_iucutter.sh, over a connection that ssh keeps open (ControlMaster)
. "${BENCH:?run through compare.py}/env.sh"
if [ "$1" = start ]; then
  # A push uses such a connection, and never becomes one.
  setsid ssh -F "$SSHCFG" targetmux true </dev/null >/dev/null 2>&1
fi
IUCUTTER_WAY=ssh://targetmux exec "$(dirname "$0")/peer_iucutter.sh" "$@"
