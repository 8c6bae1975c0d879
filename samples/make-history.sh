#!/usr/bin/env bash
# Usage: make-history.sh DIR
#
# Makes DIR a git repository with the history of the sample iu-cutter:
#   tag v0.4.0      before cross references: ten phases, its own tests and iucutter.yaml
#   tag v0.6.0      the sample as it lies beside this script; main is here
#   branch broken   on top of v0.6.0, a bug in numbering that the tests find
#
# The same sample gives the same commit ids on every machine: names, dates and settings are constants of this script,
# and no configuration of the user, the system or the environment is read.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 DIR" >&2
  exit 2
fi
if [ -e "$1" ] && { [ ! -d "$1" ] || [ -n "$(ls -A "$1")" ]; }; then
  echo "$0: $1 exists and is not an empty directory" >&2
  exit 1
fi
sample=$(cd "$(dirname "${BASH_SOURCE[0]}")/iu-cutter" && pwd -P)
umask 022
mkdir -p "$1"
repository=$(cd "$1" && pwd -P)

nobody=$(mktemp -d "${TMPDIR:-/tmp}/make-history.XXXXXX")
trap 'rm -rf "$nobody"' EXIT
for name in $(env | sed -n 's/^\(GIT_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$name"; done
# Only for git: a python3 that a version manager starts may look for itself in the real home.
git() { HOME=$nobody XDG_CONFIG_HOME=$nobody command git "$@"; }
export LC_ALL=C PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_ATTR_NOSYSTEM=1 GIT_DEFAULT_HASH=sha1
export GIT_AUTHOR_NAME='Sample Author' GIT_AUTHOR_EMAIL='author@sample.invalid'
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

git init -q --template= "$repository"
cd "$repository"
git symbolic-ref HEAD refs/heads/main
# For whoever uses the repository later with a configuration of their own.
git config core.autocrlf false
git config commit.gpgsign false
git config tag.gpgsign false

take_sample() {
  mkdir -p iu_cutter tests documents
  cp "$sample"/.gitattributes "$sample"/.gitignore "$sample"/README.md "$sample"/iucutter.yaml .
  cp "$sample"/iu_cutter/*.py iu_cutter
  cp "$sample"/tests/*.py tests
  cp "$sample"/documents/*.md "$sample"/documents/*.txt "$sample"/documents/*.json documents
  find . -path ./.git -prune -o -type f -exec chmod 644 {} +
}

# edit FILE OLD NEW: OLD must stand in FILE exactly once, or the sample has moved on and this script has to follow.
edit() {
  python3 - "$@" <<'PY'
import sys

path, old, new = sys.argv[1:]
with open(path, encoding="utf-8", newline="") as file:
    text = file.read()
if text.count(old) != 1:
    sys.exit(f"make-history: {path} holds {text.count(old)} times, not once: {old!r}")
with open(path, "w", encoding="utf-8", newline="") as file:
    file.write(text.replace(old, new))
PY
}

commit() {
  export GIT_AUTHOR_DATE="$1" GIT_COMMITTER_DATE="$1"
  git -c core.fileMode=false add -A
  git commit -q --no-verify -m "$2"
}

nl='
'
take_sample
rm iu_cutter/crossref.py tests/test_crossref.py
edit iu_cutter/__init__.py '__version__ = "0.6.0"' '__version__ = "0.4.0"'
edit iu_cutter/orchestrator.py "    crossref,$nl" ''
edit iu_cutter/orchestrator.py "    Phase(\"cross-reference\", crossref.run),$nl" ''
edit tests/test_run.py "            \"cross-reference\",$nl" ''
for phase in validate:7:6 diff:8:7 plan:9:8 write:10:9 audit:11:10; do
  IFS=: read -r name now before <<<"$phase"
  edit "iu_cutter/$name.py" "\"\"\"Phase $now:" "\"\"\"Phase $before:"
done
edit README.md ' # 0.6.0' ' # 0.4.0'
edit README.md 'A run has eleven phases' 'A run has ten phases'
edit README.md "$(grep '^| cross-reference |' README.md)$nl" ''
edit README.md ' In "điểm a và điểm c khoản 1 Điều 3" only
the last point is followed. References into another document are not followed.' ' References are not followed.'
edit iucutter.yaml 'expect: {contains: ["0.6.0"]}' 'expect: {contains: ["0.4.0"]}'
edit iucutter.yaml '__version__ = "0.6.0"' '__version__ = "0.4.0"'
edit iucutter.yaml 'equals: "0.6.0"' 'equals: "0.4.0"'
edit iucutter.yaml 'minimum: 40' 'minimum: 36'
edit iucutter.yaml 'phases: 11/11' 'phases: 10/10'
commit '2025-01-15T09:00:00+00:00' 'Cut documents into numbered units'
git tag v0.4.0

take_sample
commit '2025-03-03T09:00:00+00:00' 'Resolve references between units'
git tag v0.6.0

git checkout -q -b broken
edit iu_cutter/number.py '            article = clause = address' '            article = address'
commit '2025-03-10T09:00:00+00:00' 'Keep the clause when an article opens'

git checkout -q main
for ref in v0.4.0 v0.6.0 broken; do
  echo "$(git rev-parse "$ref^{commit}") $ref"
done
