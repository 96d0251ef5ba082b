#!/bin/bash
# Ctrl-C once finishes what is in flight and says how to go on; the same command then gives the bytes of an undisturbed
# run and asks nothing twice. Twice stops at once.
. "$SOURCE_DIR/tests/support/e2e.sh"
prepare_sample "$T/data"
# exec: the process that gets the signal is drp itself
run() {
    exec "$DRP" run "$T/data" --method drp --items 1 --peers 2 --max-tokens "$2" --workers 2 --user ada,cleo,dirk \
        --out "$1" >"$1.account" 2>"$1.errors"
}

(run "$T/whole" 24)
calls=$(asked "$T/whole/journal.db")

# start OUT TOKENS CALLS: in the background, until so many calls are durable
start() {
    run "$1" "$2" &
    pid=$!
    while kill -0 $pid 2>/dev/null; do
        durable=$(asked "$1/journal.db" 2>/dev/null || echo 0)
        [ "${durable:-0}" -ge "$3" ] && break
        sleep 0.02
    done
}

start "$T/stopped" 24 1
kill -INT $pid
status=0
wait $pid || status=$?
expect 130 $status "exit status after one Ctrl-C"
grep -q "the same command goes on" "$T/stopped.errors" || fail "it does not say how to go on: $(cat "$T/stopped.errors")"
before=$(asked "$T/stopped/journal.db")
[ "$before" -lt "$calls" ] || fail "the run had ended before it was interrupted"
(run "$T/stopped" 24)
expect "$calls" "$(asked "$T/stopped/journal.db")" "calls after going on from $before"
grep -q "calls answered by the journal *$before\$" "$T/stopped.account" ||
    fail "not all of the $before calls came from the journal: $(cat "$T/stopped.account")"
for file in predictions.jsonl features.jsonl differences.jsonl; do
    cmp "$T/whole/$file" "$T/stopped/$file" || fail "$file differs after Ctrl-C"
done

# An answer of 4,000 tokens takes minutes: who waits for it has not stopped.
start "$T/halted" 4000 0
sleep 1
kill -INT $pid
sleep 0.2
kill -INT $pid
began=$(date +%s)
status=0
wait $pid || status=$?
expect 130 $status "exit status after two"
[ $(($(date +%s) - began)) -le 10 ] || fail "two did not stop it at once"
expect ok "$(sqlite3 "$T/halted/journal.db" 'PRAGMA integrity_check')" "journal after two"
