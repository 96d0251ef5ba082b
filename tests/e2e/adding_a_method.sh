#!/bin/bash
# docs/adding-a-method.md, done as it says in a copy of the tree: the method is built, listed and run.
. "$SOURCE_DIR/tests/support/e2e.sh"

# block N: the N-th fenced block of C in the page
block() {
    awk -v n="$1" '/^```$/ { inside = 0 } inside && i == n { print } /^```c$/ { i++; inside = 1 }' \
        "$SOURCE_DIR/docs/adding-a-method.md"
}

mkdir "$T/tree"
cp -r "$SOURCE_DIR"/{CMakeLists.txt,CMakePresets.json,bench,cmake,deps,prompts,share,src,tests,tools} "$T/tree"
[ ! -d "$SOURCE_DIR/include" ] || cp -r "$SOURCE_DIR/include" "$T/tree"
block 1 >"$T/tree/src/method/recent.c"
block 2 >"$T/line"
[ -s "$T/tree/src/method/recent.c" ] && [ -s "$T/line" ] || fail "the page has no two blocks of C"
sed -i "/define DRP_METHODS/r $T/line" "$T/tree/src/method/table.h"

cmake -S "$T/tree" -B "$T/tree/build" -G "${CMAKE_GENERATOR:-Ninja}" >"$T/log" 2>&1 || { cat "$T/log" >&2; fail "cmake"; }
cmake --build "$T/tree/build" --target drp >"$T/log" 2>&1 || { tail -n 30 "$T/log" >&2; fail "the example does not build"; }
new=$T/tree/build/drp
"$new" methods | grep -q '^recent' || fail "drp methods does not list it"
prepare_sample "$T/data"
"$new" run "$T/data" --method recent --user cleo --max-tokens 16 --quiet --out "$T/run" >/dev/null
expect 1 "$(grep -c '"method":"recent"' "$T/run/predictions.jsonl")" "predictions"
expect 1 "$(asked "$T/run/journal.db")" "calls"
