#!/usr/bin/env bash
# Compiles, links and, where this machine can, runs the library for other systems by zig, which is a clang with the headers
# and C libraries of all of them: macOS on both processors, Linux with musl on other processors by qemu, Windows by Wine
# where there is one, WASI by Node.js and wasmtime.
#
#   tests/platforms/zig.sh [TARGET...]        as zig calls them: aarch64-macos and so on; all of them without one
#
# zig is build/zig/ziglang/zig, which tests/run fetches, or what STET_ZIG names; wasmtime is Python's package in
# build/wasmtime, or where STET_WASMTIME says. Exit status 2 when something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/platforms/steps.sh
native=${CXX:-g++}
zig=${STET_ZIG:-build/zig/ziglang/zig}
wasmtime=${STET_WASMTIME:-build/wasmtime}
targets=("$@")
((${#targets[@]})) || targets=(
    aarch64-macos x86_64-macos aarch64-linux-musl riscv64-linux-musl s390x-linux-musl x86_64-windows-gnu wasm32-wasi
)

need g++ command -v "$native"
need python3 command -v python3
if [[ ! -x $zig ]]; then
    echo "no $zig: python3 -m pip install --no-deps --target build/zig ziglang" >&2
    exit 2
fi
if [[ " ${targets[*]} " == *"-musl "* ]]; then need qemu-user command -v qemu-s390x; fi
if [[ " ${targets[*]} " == *"-wasi "* ]]; then
    need nodejs command -v node
    if [[ ! -d $wasmtime ]]; then
        echo "no $wasmtime: python3 -m pip install --no-deps --target build/wasmtime wasmtime" >&2
        exit 2
    fi
fi
check_needed

# What zig builds for a system, its C++ library above all, is kept: a minute's work each.
export ZIG_GLOBAL_CACHE_DIR=${ZIG_GLOBAL_CACHE_DIR:-$PWD/build/zig/cache} ZIG_LOCAL_CACHE_DIR=$scratch/cache
warnings_of clang
flags=(-std=c++20 "${warnings[@]}" -I include)
plain=(-fno-exceptions -fno-rtti)
version="zig $("$zig" version)"
readme_program

# ---- what this machine saves ------------------------------------------------------------------------------

here=("$native" -std=c++20 -O1 -I include -I tests -pthread)
save_here() {
    [[ ! -d $scratch/native ]] || return 0
    echo "-- this machine"
    mkdir -p "$scratch/native/ways"
    "${here[@]}" "$scratch/readme.cpp" -o "$scratch/native/readme"
    "${here[@]}" tests/platforms/every_way.cpp -o "$scratch/native/every_way"
    (cd "$scratch/native" && ./readme >/dev/null && ./every_way ways >/dev/null)
}

# Compares by SHA-256 sums what was saved in two folders.
sums() { (cd "$1" && find . -name '*.safetensors' -exec sha256sum {} + | sort -k 2); }
same_bytes() { # expected-folder folder
    diff <(sums "$1") <(sums "$2") || { echo "the bytes differ" >&2; exit 1; }
    if find "$2" -name '*.part' | grep .; then
        echo "part files are left" >&2
        exit 1
    fi
}

# ---- building ---------------------------------------------------------------------------------------------

# README's program header-only; every writer with the library compiled once.
link() { # target folder suffix
    mkdir -p "$2/ways"
    "$zig" c++ -target "$1" "${flags[@]}" -O1 "$scratch/readme.cpp" -o "$2/readme$3"
    "$zig" c++ -target "$1" "${flags[@]}" "${plain[@]}" -O1 -DSTET_HEADER_ONLY=0 -I tests \
        tests/platforms/every_way.cpp include/stet/stet.cpp -o "$2/every_way$3"
}

# Writes a command that looks at a file's meaning only. `zig c++` makes and keeps an object even if none is wanted, so
# the call of clang is taken from it.
syntax_checker() { # target file flag...
    local call
    call=$("$zig" c++ -target "$1" "${@:3}" -Wno-unused-command-line-argument -fsyntax-only -c -o "$scratch/none.o" \
        -x c++ /dev/null -### 2>&1 |
        grep '"-cc1"')
    printf 'exec %s "$@"\n' "${call%\"/dev/null\"*}" >"$2"
}

macos() { # target
    echo "-- $1: each public header alone, the library compiled once"
    syntax_checker "$1" "$scratch/check" "${flags[@]}"
    public_headers | each_alone bash "$scratch/check"
    syntax_checker "$1" "$scratch/check" "${flags[@]}" "${plain[@]}" -DSTET_HEADER_ONLY=0
    echo '#include <stet/all.hpp>' >"$scratch/all.cpp"
    bash "$scratch/check" "$scratch/all.cpp"
    bash "$scratch/check" include/stet/stet.cpp

    echo "-- $1: link"
    local folder=$scratch/$1 magic=cffaedfe0c000001 program
    link "$1" "$folder" ""
    [[ $1 == aarch64-* ]] || magic=cffaedfe07000001
    for program in readme every_way; do
        [[ $(od -An -tx1 -N8 "$folder/$program" | tr -d ' \n') == "$magic" ]] ||
            { echo "$folder/$program is no Mach-O program for $1" >&2; exit 1; }
    done
    row "macOS, ${1%%-*}" "$version" "each public header alone; README's program and every writer linked, not run"
}

musl() { # target
    save_here
    echo "-- $1"
    local folder=$scratch/$1
    link "$1" "$folder" ""
    (cd "$folder" && "qemu-${1%%-*}" ./readme && "qemu-${1%%-*}" ./every_way ways >/dev/null)
    same_bytes "$scratch/native" "$folder"
    row "Linux with musl, ${1%%-*}" "$version" "README's program and every writer run by qemu, same bytes"
}

windows() { # target
    save_here
    echo "-- $1"
    local folder=$scratch/$1 how="README's program and every writer linked, not run"
    link "$1" "$folder" .exe
    [[ $(head -c 2 "$folder/readme.exe") == MZ ]]
    if command -v wine >/dev/null; then
        (
            export WINEPREFIX=$scratch/prefix WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" LC_ALL=C.UTF-8
            unset DISPLAY
            cd "$folder"
            wine ./readme.exe
            wine ./every_way.exe ways >/dev/null
            wineserver --kill
        )
        same_bytes "$scratch/native" "$folder"
        how="README's program and every writer run by wine, same bytes"
    fi
    row "Windows, ${1%%-*}" "$version" "$how"
}

# WASI has no lock and no rename that refuses a name, wasmtime no sync of a folder: a save does without.
wasi() { # target
    echo "-- $1"
    local folder=$scratch/$1
    cat >"$scratch/replace.cpp" <<'SOURCE'
#include <stet/stet.hpp>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

int main()
{
    std::vector<float> weight(1000, 0.5F);
    const std::map<std::string, stet::tensor_view> dict{{"weight", *stet::view_of(weight, {1000})}};
    const auto saved = stet::save(dict, "model.safetensors");
    const auto refused = stet::save(dict, "model.safetensors");
    weight[0] = 1;
    const auto replaced = stet::save(dict, stet::exact_path{"model.safetensors", stet::existing_file::replace});
    std::puts(saved && replaced ? "saved and replaced" : "not saved");
    return saved && replaced && !refused && refused.error().code == stet::errc::name_taken ? 0 : 1;
}
SOURCE
    local program
    mkdir "$scratch/expected"
    for program in readme readme replace; do # the second time it takes another number
        "${here[@]}" "$scratch/$program.cpp" -o "$scratch/$program"
        (cd "$scratch/expected" && "$scratch/$program")
    done
    for program in readme replace; do
        "$zig" c++ -target "$1" "${flags[@]}" "${plain[@]}" -O1 "$scratch/$program.cpp" -o "$scratch/$program.wasm"
    done
    cat >"$scratch/run.mjs" <<'SCRIPT'
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";
const wasi = new WASI({ version: "preview1", args: ["program"], env: {}, preopens: { ".": process.argv[3] } });
const program = await WebAssembly.compile(await readFile(process.argv[2]));
process.exit(wasi.start(await WebAssembly.instantiate(program, { wasi_snapshot_preview1: wasi.wasiImport })));
SCRIPT
    cat >"$scratch/run.py" <<'SCRIPT'
import sys
from wasmtime import Engine, ExitTrap, Linker, Module, Store, WasiConfig
settings = WasiConfig()
settings.inherit_stdout()
settings.preopen_dir(sys.argv[2], ".")
engine = Engine()
store = Store(engine)
store.set_wasi(settings)
linker = Linker(engine)
linker.define_wasi()
try:
    linker.instantiate(store, Module.from_file(engine, sys.argv[1])).exports(store)["_start"](store)
except ExitTrap as left:
    sys.exit(left.code)
SCRIPT
    local more=()
    if [[ $(node --version) < v20 ]]; then more=(--experimental-wasi-unstable-preview1); fi
    local runner
    for runner in node wasmtime; do
        mkdir -p "$folder/$runner"
        for program in readme readme replace; do
            case $runner in
                node) node --no-warnings ${more[@]+"${more[@]}"} "$scratch/run.mjs" "$scratch/$program.wasm" "$folder/node" ;;
                wasmtime) PYTHONPATH=$wasmtime python3 "$scratch/run.py" "$scratch/$program.wasm" "$folder/wasmtime" ;;
            esac
        done
        same_bytes "$scratch/expected" "$folder/$runner"
        row "WASI, wasm32" "$version" "numbered, refused and replaced by $runner, same bytes"
    done
}

for target in "${targets[@]}"; do
    case $target in
        *-macos) macos "$target" ;;
        *-musl) musl "$target" ;;
        *-windows-gnu) windows "$target" ;;
        *-wasi) wasi "$target" ;;
        *) echo "no way to look at '$target' is known" >&2; exit 2 ;;
    esac
done
