#!/bin/bash
# verbs: start stop rest
# note: as peer_iucutter.sh, over the agent's own socket, without ssh
IUCUTTER_WAY=unix://
. "${0%/*}/peer_iucutter.sh"
