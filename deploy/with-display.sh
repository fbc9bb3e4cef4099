#!/usr/bin/env bash
# Runs a command on a display of its own, without a screen; it stays as it is between programs.
set -euo pipefail
exec 3< <(exec Xvfb -displayfd 1 -noreset -screen 0 1600x2000x24 -nolisten tcp 2>/dev/null)
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
read -r number <&3
DISPLAY=":$number" "$@"
