#!/usr/bin/env bash
# Compiles for WebAssembly what needs no files, and compares what a program prints there and on this machine.
#
#   tests/platforms/webassembly.sh
#
# WASI has no fchmod, no true mmap and no threads, so what reaches include/stet/file is left out. Exit status 2
# when clang's WebAssembly parts or Node.js are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
native=${CXX:-g++}
missing=()
command -v clang++-19 >/dev/null || missing+=(clang-19)
command -v wasm-ld-19 >/dev/null || missing+=(lld-19)
[[ -e /usr/include/wasm32-wasi/stdio.h ]] || missing+=(wasi-libc)
compgen -G '/usr/lib/llvm-19/lib/wasm32-wasi/libc++.a' >/dev/null || missing+=(libc++-19-dev-wasm32)
compgen -G '/usr/lib/llvm-19/lib/wasm32-wasi/libc++abi.a' >/dev/null || missing+=(libc++abi-19-dev-wasm32)
compgen -G '/usr/lib/llvm-19/lib/clang/19/lib/wasi/*builtins*' >/dev/null || missing+=(libclang-rt-19-dev-wasm32)
command -v node >/dev/null || missing+=(nodejs)
command -v "$native" >/dev/null || missing+=(g++)
if ((${#missing[@]})); then
    echo "missing, by their Debian package names: ${missing[*]}" >&2
    exit 2
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
flags=(-std=c++20 -O1 -Wall -Wextra -Werror -fno-exceptions -fno-rtti -I include)
web=(clang++-19 --target=wasm32-wasi "${flags[@]}")

without_files=()
while read -r header; do
    [[ $header != */interop/* && $header != */parallel/* ]] || continue # exceptions, threads
    reached=$("$native" "${flags[@]}" -M "$header")
    [[ $reached != *stet/file/* && $reached != *../file/* ]] || continue
    without_files+=("$header")
done < <(find include -name '*.hpp' | sort)
echo "-- ${#without_files[@]} headers"
((${#without_files[@]} > 60)) || { echo "too few headers do without files" >&2; exit 1; }
printf '#include <%s>\n' "${without_files[@]#include/}" >"$scratch/headers.cpp"
"${web[@]}" -fsyntax-only "$scratch/headers.cpp"

echo "-- examples/engine_sink.cpp"
"${web[@]}" examples/engine_sink.cpp -o "$scratch/program.wasm"
"$native" "${flags[@]}" examples/engine_sink.cpp -o "$scratch/program"
cat >"$scratch/run.mjs" <<'SCRIPT'
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";
const wasi = new WASI({ version: "preview1", args: ["program"], env: {} });
const program = await WebAssembly.compile(await readFile(process.argv[2]));
wasi.start(await WebAssembly.instantiate(program, { wasi_snapshot_preview1: wasi.wasiImport }));
SCRIPT
more=()
if [[ $(node --version) < v20 ]]; then more=(--experimental-wasi-unstable-preview1); fi
node --no-warnings ${more[@]+"${more[@]}"} "$scratch/run.mjs" "$scratch/program.wasm" >"$scratch/web.txt"
"$scratch/program" >"$scratch/native.txt"
[[ -s $scratch/native.txt ]]
sed -i '/^arena:/d' "$scratch/web.txt" "$scratch/native.txt" # pointers are smaller there
diff "$scratch/native.txt" "$scratch/web.txt"
echo "the output is the same"
