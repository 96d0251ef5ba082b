#!/bin/sh
# Each public header alone, and twice in one file, as C11 and as C++11, without a warning of either compiler.
. "$SOURCE_DIR/tests/support/e2e.sh"
n=0
# compile COMPILER LANGUAGE STANDARD HEADER
compile() {
    printf '#include <drp/%s>\n#include <drp/%s>\n' "$4" "$4" |
        "$1" -x "$2" -std="$3" -Wall -Wextra -Wpedantic -Werror -I"$SOURCE_DIR/include" -fsyntax-only - ||
        fail "$1 -std=$3 does not compile drp/$4 alone"
    n=$((n + 1))
}
for path in "$SOURCE_DIR"/include/drp/*.h; do
    header=${path##*/}
    for compiler in gcc clang; do
        compile "$compiler" c c11 "$header"
        compile "$compiler" c++ c++11 "$header"
    done
done
[ "$n" -ge 32 ] || fail "only $n compilations: where are the headers?"
