#!/bin/bash
# verbs: start stop
# note: as peer_iucutter.sh, over a connection that ssh keeps open (ControlMaster)
IUCUTTER_WAY=ssh://targetmux exec "$(dirname "$0")/peer_iucutter.sh" "$@"
