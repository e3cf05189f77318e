# What the scripts of this folder share; sourced from the root of the tree, by bash.

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# need PACKAGE TEST...: the package is missing unless the test succeeds
missing=()
need() {
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

# Names what is missing, and leaves with status 2.
check_needed() {
    if ((${#missing[@]})); then
        echo "missing, by their Debian package names: ${missing[*]}" >&2
        exit 2
    fi
}

# Puts the warnings that our own code is held to, and that are written in one place, into `warnings`.
warnings_of() { # gcc or clang
    local begin='/^else\(\)/'
    [[ $1 == gcc ]] || begin='/COMPILER_ID MATCHES "Clang"/'
    mapfile -t warnings < <(
        awk "$begin"' {on = 1} on && /^ *\)/ {exit} on && /^ *-W/ {sub(/#.*/, ""); print}' CMakeLists.txt |
            tr -s ' ' '\n' | grep -e '^-W'
    )
    ((${#warnings[@]} > 10)) || { echo "CMakeLists.txt: the warnings for $1 are not where they were" >&2; exit 1; }
}

public_headers() {
    local headers
    headers=$(find include/stet -name '*.hpp' ! -path '*/impl/*' | sed 's|^include/||' | sort)
    (($(wc -l <<<"$headers") > 40)) || { echo "too few headers were found" >&2; exit 1; }
    echo "$headers"
}

# Compiles each header of standard input alone: calls the command with a file that includes nothing else.
each_alone() { # command...
    mkdir -p "$scratch/alone"
    local header
    while read -r header; do
        echo "#include <$header>" >"$scratch/alone/${header//\//,}.cpp"
        echo "$scratch/alone/${header//\//,}.cpp"
    done | xargs -P "${STET_JOBS:-2}" -I FILE bash -c '"${@:2}" "$1" || { echo "alone: $(cat "$1")" >&2; exit 1; }' \
        alone FILE "$@"
}

# README's first program.
readme_program() {
    awk '/^```cpp$/ {on = 1; next} /^```$/ && on {exit} on' README.md >"$scratch/readme.cpp"
    grep -q 'int main' "$scratch/readme.cpp" || { echo "README.md: the first program is not where it was" >&2; exit 1; }
}

# A row of the table in README.md of this folder.
row() { # system compiler what-was-done
    echo "| $1 | $2 | $3 | $(date -u +%Y-%m-%d) |"
}
