#!/bin/sh
# What is installed is enough, wherever it is moved to: the examples are built with pkg-config, with CMake and as C++, and
# run with the bundled model.
. "$SOURCE_DIR/tests/support/e2e.sh"
examples=$SOURCE_DIR/examples
warnings='-Wall -Wextra -Wpedantic -Werror'

# ---- two installations, neither where it was told it would be
cmake --install "$BUILD_DIR" --prefix "$T/first" >/dev/null
mv "$T/first" "$T/moved"
DESTDIR=$T/stage cmake --install "$BUILD_DIR" --prefix /opt/drp >/dev/null
staged=$T/stage/opt/drp
(cd "$T/moved" && find . -type f | sort) >"$T/files"
(cd "$staged" && find . -type f | sort) | cmp -s - "$T/files" || fail "DESTDIR installs other files"
for file in bin/drp include/drp/drp.h; do
    grep -qx "./$file" "$T/files" || fail "no $file was installed"
done
! grep '/include/' "$T/files" | grep -v '^./include/drp/[a-z_]*\.h$' || fail "these headers are nobody's business"
export PKG_CONFIG_PATH="$(dirname "$(find "$T/moved" -name drp.pc)")"
expect "$("$T/moved/bin/drp" --version)" "drp $(pkg-config --modversion drp)" "version"

# ---- only what the headers declare can be linked to
archive=$(find "$T/moved" -name libdrp.a)
nm -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' >"$T/symbols"
[ "$(wc -l <"$T/symbols")" -ge 20 ] || fail "only $(wc -l <"$T/symbols") functions in the archive"
while read -r symbol; do
    grep -q "[ *]$symbol(" "$T"/moved/include/drp/*.h || fail "the archive shows '$symbol', which no header declares"
done <"$T/symbols"

# ---- with pkg-config, as C and as C++; both forms of --libs will do
# shellcheck disable=SC2046,SC2086 # flags are words
for example in personalise bring_method score_pairs; do
    cc -std=c11 $warnings "$examples/$example.c" $(pkg-config --static --cflags --libs drp) -o "$T/$example" ||
        fail "$example does not build with pkg-config"
done
# shellcheck disable=SC2046,SC2086
c++ -std=c++20 $warnings -Wno-missing-field-initializers -x c++ "$examples/personalise.c" -x none \
    $(pkg-config --cflags --libs drp) -o "$T/personalise++" || fail "personalise does not build as C++"

# All of them from C++, where a forgotten extern "C" would not link.
{
    echo '#include <drp/drp.h>'
    echo 'void *all[] = {'
    sed 's/.*/(void *)&,/' "$T/symbols"
    echo '}; int main() { return all[0] == all[1]; }'
} >"$T/all.cc"
# shellcheck disable=SC2046,SC2086
c++ "$T/all.cc" $(pkg-config --cflags --libs drp) -o "$T/all" || fail "not all functions link from C++"
"$T/all" || fail "two functions are one"

# A program with functions called as ours inside, and with the same templates as libllama.
cat >"$T/crowded.cc" <<'END'
#include <regex>
#include <drp/drp.h>
extern "C" int llama_backend_init() { return 1; }
extern "C" int yyjson_read_opts() { return 1; }
extern "C" int drp_journal_open() { return 1; }
int main()
{
    drp_writer *writer;
    drp_err err = {};
    const int rc = drp_writer_new(&writer, &err);
    drp_writer_free(writer);
    return !(rc == 0 && std::regex_match("aa", std::regex("a+")) &&
             llama_backend_init() + yyjson_read_opts() + drp_journal_open() == 3);
}
END
# shellcheck disable=SC2046,SC2086
c++ $warnings "$T/crowded.cc" $(pkg-config --cflags --libs drp) -o "$T/crowded" || fail "names inside meet names outside"
"$T/crowded" || fail "the crowded program does not do its own"

# ---- with CMake
cmake -S "$examples" -B "$T/cmake" -DCMAKE_PREFIX_PATH="$staged" >"$T/log" 2>&1 || { cat "$T/log" >&2; fail "find_package(drp)"; }
cmake --build "$T/cmake" >"$T/log" 2>&1 || { cat "$T/log" >&2; fail "the examples do not build with CMake"; }

# ---- a text: streamed, then what led to it; the same bytes from C and from C++
"$T/personalise" >"$T/text" 2>"$T/said"
expect 0 "$(wc -c <"$T/said")" "bytes on stderr: $(cat "$T/said")"
[ "$(head -n 1 "$T/text" | wc -w)" -ge 5 ] || fail "no text: $(cat "$T/text")"
grep -q '^[+-] ' "$T/text" || fail "no difference was found: $(cat "$T/text")"
"$T/personalise++" | cmp - "$T/text" || fail "as C++ it writes another text"
status=0
"$T/cmake/personalise" llama:/nowhere.gguf >"$T/none" 2>"$T/said" || status=$?
expect 1 "$status" "exit status without a model"
grep -q '/nowhere.gguf' "$T/said" || fail "the error does not name the model: $(cat "$T/said")"

# ---- a method of one's own: its two questions are in the journal, and are not asked again
"$T/cmake/bring_method" "$T/journal.db" >"$T/own"
expect 2 "$(asked "$T/journal.db")" "questions in the journal"
grep -Eq '^profile: .+' "$T/own" && grep -Eq '^text: .+' "$T/own" || fail "no profile or text: $(cat "$T/own")"
expect 1 "$(sqlite3 "$T/journal.db" "SELECT count(*) FROM readable WHERE conversation LIKE '%how does this person write?%'")" \
    "questions of the method in the readable journal"
"$T/bring_method" "$T/journal.db" | cmp - "$T/own" || fail "with its journal it writes another text"
expect 2 "$(asked "$T/journal.db")" "questions in the journal after the second time"

# ---- scores: those of drp eval
python3 - "$SAMPLE/reviews.jsonl" "$T" <<'END'
import json, sys
reviews = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
first = {}
with open(sys.argv[2] + "/mine", "w") as mine, open(sys.argv[2] + "/real", "w") as real, \
        open(sys.argv[2] + "/pairs.jsonl", "w") as pairs:
    for review in reviews:
        text = " ".join(review["text"].split())
        other = first.setdefault(review["item"], text)
        print(text, file=mine)
        print(other, file=real)
        print(json.dumps({"hypothesis": text, "reference": other}), file=pairs)
END
"$T/cmake/score_pairs" "$T/mine" "$T/real" >"$T/scores"
"$DRP" eval --pairs "$T/pairs.jsonl" --json --quiet >"$T/eval.json"
python3 - "$T/scores" "$T/eval.json" <<'END' || fail "score_pairs and drp eval differ"
import json, sys
evaluation = json.load(open(sys.argv[2]))
lines = [line.split(" ", 2) for line in open(sys.argv[1]).read().splitlines()]
assert [name for name, _, _ in lines] == ["bleu", "meteor", "rouge1", "rouge2", "rougeL"], lines
for name, value, signature in lines:
    assert abs(float(value) - evaluation[name]) < 1e-9, (name, value, evaluation[name])
    assert signature == evaluation["signatures"][name], signature
END

# ---- README shows the example
awk '/^## / { inside = 0 } /^## From C$/ { inside = 1 } /^```$/ { code = 0 } inside && code { print } /^```c$/ { code = 1 }' \
    "$SOURCE_DIR/README.md" | cmp - "$examples/personalise.c" || fail "README.md, From C, is not examples/personalise.c"
