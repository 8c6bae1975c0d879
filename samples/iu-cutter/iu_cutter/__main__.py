import sys

from iu_cutter.cli import main

# The same bytes whatever the terminal's encoding: unit texts are Vietnamese as often as English.
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")

sys.exit(main(sys.argv[1:]))
