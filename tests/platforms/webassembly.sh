#!/usr/bin/env bash
# Compiles for WebAssembly what needs no files, and compares what a program prints there and on this machine.
#
#   tests/platforms/webassembly.sh
#
# Debian's WASI has no fchmod, no true mmap and no threads, so what reaches include/stet/file is left out; zig.sh saves
# files there. Exit status 2 when clang's WebAssembly parts or Node.js are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tests/platforms/steps.sh
native=${CXX:-g++}
need clang-19 command -v clang++-19
need lld-19 command -v wasm-ld-19
need wasi-libc test -e /usr/include/wasm32-wasi/stdio.h
need libc++-19-dev-wasm32 test -e /usr/lib/llvm-19/lib/wasm32-wasi/libc++.a
need libc++abi-19-dev-wasm32 test -e /usr/lib/llvm-19/lib/wasm32-wasi/libc++abi.a
need libclang-rt-19-dev-wasm32 compgen -G '/usr/lib/llvm-19/lib/clang/19/lib/wasi/*builtins*'
need nodejs command -v node
need g++ command -v "$native"
check_needed

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
row "WASI, wasm32" "clang $(clang++-19 -dumpversion)" "what needs no files compiled, an example run by node"
