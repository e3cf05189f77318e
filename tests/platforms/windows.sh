#!/usr/bin/env bash
# Compiles the library for Windows, saves and reads files under Wine, one of them larger than four gigabytes, and compares
# them with those of this machine. A tool changes a file that it reads.
#
#   tests/platforms/windows.sh
#
# Exit status 2 when the cross compiler or Wine is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cross=x86_64-w64-mingw32-g++-posix
native=${CXX:-g++}
missing=()
command -v "$cross" >/dev/null || missing+=(g++-mingw-w64-x86-64-posix)
command -v wine >/dev/null || missing+=(wine wine64)
command -v "$native" >/dev/null || missing+=(g++)
if ((${#missing[@]})); then
    echo "missing, by their Debian package names: ${missing[*]}" >&2
    exit 2
fi

scratch=$(mktemp -d)
# A Wine of its own, without windows, sounds or questions.
export WINEPREFIX=$scratch/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" LC_ALL=C.UTF-8
unset DISPLAY
clean_up() {
    wineserver --kill 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT

# What our own code is held to, from the one place where it is written.
mapfile -t warnings < <(
    awk '/^else\(\)/ {gcc = 1} gcc && /^ *\)/ {exit} gcc && /^ *-W/' CMakeLists.txt | tr -s ' ' '\n' | grep -e '^-W'
)
((${#warnings[@]} > 10)) || { echo "CMakeLists.txt: the warnings for gcc are not where they were" >&2; exit 1; }
flags=(-std=c++20 -O2 "${warnings[@]}" -fno-exceptions -fno-rtti -I include)

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
where=include/stet/file modes='1 0'
if [[ ${STET_LONG:-OFF} == ON ]]; then where=include/stet; fi
echo "-- each header alone"
# What speaks to another system, or needs exceptions, is not for this one.
find "$where" -name '*.hpp' ! -path '*/interop/*' ! -name 'posix_*' ! -name 'io_uring.hpp' | sed 's|^include/||' |
    sort >"$scratch/headers"
(($(wc -l <"$scratch/headers") > 10)) || { echo "too few headers were found" >&2; exit 1; }
echo '#include <stet/all.hpp>' | "$cross" "${flags[@]}" -fsyntax-only -x c++ -
cat >"$scratch/alone" <<SCRIPT
for mode in $modes; do
    echo "#include <\$1>" | $cross ${flags[*]} -DSTET_HEADER_ONLY=\$mode -fsyntax-only -x c++ - ||
        { echo "\$1 alone, STET_HEADER_ONLY=\$mode" >&2; exit 1; }
done
SCRIPT
xargs -n 1 -P "${STET_JOBS:-2}" bash "$scratch/alone" <"$scratch/headers"

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
