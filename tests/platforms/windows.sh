#!/usr/bin/env bash
# Compiles the library for Windows, saves and reads files under Wine, one of them larger than four gigabytes, and compares
# them with those of this machine. A tool changes a file that it reads.
#
#   tests/platforms/windows.sh
#
# Exit status 2 when the cross compiler or Wine is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

source tests/platforms/steps.sh

cross=x86_64-w64-mingw32-g++-posix
native=${CXX:-g++}
need g++-mingw-w64-x86-64-posix command -v "$cross"
need wine command -v wine
need g++ command -v "$native"
check_needed

# A Wine of its own, without windows, sounds or questions.
export WINEPREFIX=$scratch/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" LC_ALL=C.UTF-8
unset DISPLAY
clean_up() {
    wineserver --kill 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT

warnings_of gcc
strict=(-std=c++20 -O2 "${warnings[@]}" -I include)
flags=("${strict[@]}" -fno-exceptions -fno-rtti)

echo "-- compile with the system's own header: before, after, lean"
compile() { "$cross" "${flags[@]}" "$@" -fsyntax-only -x c++ -; }
compile <<'SOURCE'
#include <windows.h>
#include <stet/stet.hpp>
SOURCE
compile <<'SOURCE'
#include <stet/stet.hpp>
#include <windows.h>
SOURCE
compile -DUNICODE -DSTRICT -DWIN32_LEAN_AND_MEAN -DNOMINMAX <<'SOURCE'
#include <winsock2.h>
#include <windows.h>
#include <stet/stet.hpp>
SOURCE
if echo '#include <stet/stet.hpp>' | "$cross" "${flags[@]}" -M -x c++ - | grep -q '/windows\.h'; then
    echo "the library includes windows.h" >&2
    exit 1
fi

# With STET_LONG=ON each header, private ones too, in both modes; else the folder that knows the system, and all at once.
where=include/stet/file
if [[ ${STET_LONG:-OFF} == ON ]]; then where=include/stet; fi
echo "-- each header alone"
# What speaks to another system is not for this one. What stands between the library and others' may throw.
find "$where" -name '*.hpp' ! -path '*/interop/*' ! -name 'posix_*' ! -name 'io_uring.hpp' | sed 's|^include/||' |
    sort >"$scratch/headers"
(($(wc -l <"$scratch/headers") > 10)) || { echo "too few headers were found" >&2; exit 1; }
for mode in 1 0; do
    each_alone "$cross" "${flags[@]}" -DSTET_HEADER_ONLY=$mode -fsyntax-only <"$scratch/headers"
done
public_headers | grep /interop/ >"$scratch/between"
{ echo '#include <stet/all.hpp>' && sed 's|.*|#include <&>|' "$scratch/between"; } >"$scratch/all.cpp"
"$cross" "${strict[@]}" -fsyntax-only "$scratch/all.cpp"
if [[ ${STET_LONG:-OFF} == ON ]]; then each_alone "$cross" "${strict[@]}" -fsyntax-only <"$scratch/between"; fi

echo "-- build"
"$cross" "${flags[@]}" -static tests/platforms/windows_save.cpp -o "$scratch/windows_save.exe"
"$cross" "${flags[@]}" -static tests/platforms/windows_read.cpp -o "$scratch/windows_read.exe"
"$cross" "${flags[@]}" -I tests -static tests/platforms/windows_writers.cpp -o "$scratch/windows_writers.exe"
# One of the tool's commands; one is enough, and all take long to compile.
cat >"$scratch/edit.cpp" <<'SOURCE'
#include "tool/subcommand.hpp"
int main(int count, char** values) { return example::run(example::edit_command(), count, values); }
SOURCE
tool=(-O0 -I examples "$scratch/edit.cpp" examples/tool/edit.cpp)
"$cross" "${flags[@]}" "${tool[@]}" -static -o "$scratch/edit.exe"
"$native" "${flags[@]}" -O0 tests/platforms/windows_save.cpp -o "$scratch/native_save"
"$native" "${flags[@]}" "${tool[@]}" -o "$scratch/native_edit"

echo "-- run"
cd "$scratch"
run() { # program argument...
    wine "$scratch/$1.exe" "${@:2}" 2>"$scratch/complaints" || {
        local status=$?
        cat "$scratch/complaints" >&2
        return "$status"
    }
}
mkdir -p here/linked/target here/beside
ln -s target here/linked/inside
ln -s ../beside here/linked/outside
run windows_save check here
mkdir read
run windows_read check read
mkdir written
run windows_writers written

echo "-- compare"
run windows_save write windows.safetensors
./native_save write native.safetensors
cmp windows.safetensors native.safetensors
echo "the bytes are the same: $(stat -c %s native.safetensors)"
run edit windows.safetensors --set title='Mine, of all' >printed
./native_edit native.safetensors --set title='Mine, of all' >printed
cmp windows.safetensors native.safetensors
run edit windows.safetensors --get title | tr -d '\r' | diff - <(echo 'Mine, of all')
run edit windows.safetensors --remove title >printed
./native_edit native.safetensors --remove title >printed
cmp windows.safetensors native.safetensors
echo "the tool changes a file in its place"
if find . -path ./prefix -prune -o -name '*.part' -print | grep .; then
    echo "part files are left" >&2
    exit 1
fi
row "Windows, x86_64" "mingw-w64 g++ $("$cross" -dumpfullversion)" "every writer, reading and editing run by wine, same bytes"
