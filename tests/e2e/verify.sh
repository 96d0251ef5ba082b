#!/bin/bash
# drp verify: the calls of a run asked again give the same answers, sampled ones too; what was altered is found.
. "$SOURCE_DIR/tests/support/e2e.sh"
prepare_sample "$T/data"
"$DRP" run "$T/data" --method drp --items 1 --peers 2 --max-tokens 24 --temperature 0,0.8 --user ada --quiet \
    --out "$T/run" >/dev/null
calls=$(asked "$T/run/journal.db")

"$DRP" verify "$T/run" --quiet >"$T/said"
expect "$calls of $calls calls the same" "$(cat "$T/said")" "all of a small journal"
expect "3 of 3 calls the same" "$("$DRP" verify "$T/run" --calls 3 --draw 7 --quiet)" "three calls"
expect "$calls" "$(asked "$T/run/journal.db")" "calls in the journal: what is asked again is not kept"

# altered NAME SQL: a copy of the run with another journal
altered() {
    cp -r "$T/run" "$T/$1"
    sqlite3 "$T/$1/journal.db" "$2"
}
verify() {
    status=0
    "$DRP" verify "$@" --quiet >"$T/said" 2>"$T/errors" || status=$?
}

altered answer "UPDATE bodies SET text = text || ' Not so.' WHERE id = (SELECT answer FROM calls WHERE temperature = 0 LIMIT 1)"
verify "$T/answer"
expect 1 $status "exit status with an altered answer"
grep -q "^different: call .*: another answer\|question in the journal" "$T/said" || fail "it is not shown: $(cat "$T/said")"
grep -q "Not so" "$T/said" || fail "the difference is not shown: $(cat "$T/said")"
verify "$T/answer" --json
expect 1 $status "exit status with --json"
grep -q '"verdict":"different","reason":"another answer","at":[0-9]' "$T/said" || fail "not in JSON: $(cat "$T/said")"

altered question "UPDATE bodies SET text = text || ' ' WHERE text LIKE '%How does the style of the user differ%'"
verify "$T/question"
expect 1 $status "exit status with an altered question"
grep -q "the question in the journal is not the one that was asked" "$T/said" || fail "it is not shown: $(cat "$T/said")"

altered model "UPDATE models SET fingerprint = zeroblob(32)"
verify "$T/model"
expect 0 $status "exit status when nothing can be compared"
expect "0 of 0 calls the same, $calls not comparable" "$(tail -n 1 "$T/said")" "calls of a model that is not there"

cp -r "$T/run" "$T/print"
sed -i 's/"fingerprint": "./"fingerprint": "x/' "$T/print/run.json"
verify "$T/print"
expect 3 $status "exit status with a run.json that cannot be read"
cp "$T/run/run.json" "$T/print/run.json"
print=$(sed -n 's/.*"fingerprint": "\([0-9a-f]*\)".*/\1/p' "$T/run/run.json" | head -n 1)
sed -i "s/\"fingerprint\": \"$print\"/\"fingerprint\": \"$(echo "$print" | tr 0-9a-f 1-9a-f0)\"/" "$T/print/run.json"
verify "$T/print"
expect 3 $status "exit status with another model"
grep -q "another model: '.*' is not the run's extractor" "$T/errors" || fail "not said: $(cat "$T/errors")"
