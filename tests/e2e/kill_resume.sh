#!/bin/sh
# kill -9 at several moments, then the same command: the files are byte for byte those of an undisturbed run,
# and no call is asked twice.
. "$SOURCE_DIR/tests/support/e2e.sh"
prepare_sample "$T/data"
run() {
    "$DRP" run "$T/data" --method drp --items 1 --peers 2 --max-tokens 24 --workers 3 --user ada,cleo,dirk --quiet --out "$1" >"$1.account"
}

run "$T/whole"
calls=$(asked "$T/whole/journal.db")

for moment in 1 4 8; do
    rm -rf "$T/killed"
    run "$T/killed" &
    pid=$!
    # Kill when so many calls are durable, not after a time: machines differ in speed.
    while kill -0 $pid 2>/dev/null; do
        durable=$(asked "$T/killed/journal.db" 2>/dev/null || echo 0)
        [ "${durable:-0}" -ge $moment ] && break
        sleep 0.02
    done
    pkill -9 -P $pid 2>/dev/null || true
    kill -9 $pid 2>/dev/null || true
    wait $pid 2>/dev/null || true
    before=$(asked "$T/killed/journal.db")
    [ "$before" -lt "$calls" ] || fail "the run had ended before it was killed (moment $moment)"
    run "$T/killed"
    expect "$calls" "$(asked "$T/killed/journal.db")" "calls after going on from $before"
    grep -q "calls answered by the journal *$before\$" "$T/killed.account" ||
        fail "not all of the $before calls came from the journal: $(cat "$T/killed.account")"
    for file in predictions.jsonl features.jsonl differences.jsonl; do
        cmp "$T/whole/$file" "$T/killed/$file" || fail "$file differs after a kill at $before calls"
    done
done
