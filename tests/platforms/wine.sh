#!/usr/bin/env bash
# Runs a Windows program as `wine` does, in a Windows of its own without windows, sounds or questions, build/wine.
#
#   tests/platforms/wine.sh PROGRAM [ARGUMENT...]
set -euo pipefail
export WINEPREFIX=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build/wine
export WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" LC_ALL=C.UTF-8
unset DISPLAY
exec wine "$@"
