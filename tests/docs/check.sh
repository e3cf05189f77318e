#!/usr/bin/env bash
# Looks into the pages that Doxygen made: what a reader relies on is there.
#
#   tests/docs/check.sh build/docs/html
set -euo pipefail
cd "$1"
fail() { echo "$1" >&2; exit 1; }
has() { grep -q -- "$2" "$1" || fail "$1: '$2' is missing"; }

[[ -s search/search.js && -s search/all_0.js ]] || fail "there is no search index"
! grep -rlE '\bv[0-9]+_[0-9]+::' --include='*.html' . || fail "an inline namespace shows"
! ls | grep -q 'detail' || fail "what is private has a page"
for kind in structstet_1_1full structstet_1_1save__options classstet_1_1result structstet_1_1families_1_1flux; do
    [[ -s $kind.html ]] || fail "$kind.html is missing"
done
has namespacestet.html '<dt>Errors</dt>'
has structstet_1_1numbered.html 'save/save.hpp'
has index.html 'include'
[[ -s size_durable_reference.svg ]] || fail "the chart is missing"
has examples.html 'own_layout.cpp'
