#!/bin/bash
# A run and three workers with one PostgreSQL and the real small model; a worker is killed (kill -9). The files are byte
# for byte those of an undisturbed run with SQLite, and what was asked twice is at most what the killed one had in flight.
. "$SOURCE_DIR/tests/support/e2e.sh"
postgres() { bash "$SOURCE_DIR/tests/support/postgres.sh" "$1" "$T" "${@:2}"; }
trap 'postgres stop immediate 2>/dev/null; rm -rf "$T"' EXIT
url=$(postgres start)
prepare_sample "$T/data"
threads=2
run() {
    "$DRP" run "$T/data" --method drp --items 1 --peers 2 --max-tokens 8 --workers 1 --user ada,bram,cleo,dirk \
        --quiet --out "$1" "${@:2}" >"$1.account"
}
worker() { exec "$DRP" worker --workers $threads --lease 3 --journal "$url" --quiet >"$T/worker$1.account"; }
# account NAME FILE: a count of an account, 0 when it is not told
account() { sed -n "s/^ *$1  *\([0-9]*\)\$/\1/p" "$2" | grep . || echo 0; }

run "$T/whole"
calls=$(asked "$T/whole/journal.db")

run "$T/run" --journal "$url" --lease 3 &
first=$!
for i in 1 2 3; do
    worker $i &
    pids[i]=$!
done
# Kill the first worker that holds a sample.
killed=
while kill -0 $first 2>/dev/null && [ -z "$killed" ]; do
    for i in 1 2 3; do
        held=$(postgres sql "SELECT count(*) FROM samples WHERE state = 1 AND worker LIKE '%/${pids[i]}/%'" 2>/dev/null || echo 0)
        [ "$held" = 0 ] || { killed=$i; break; }
    done
    sleep 0.05
done
[ -n "$killed" ] || fail "no worker ever held a sample"
kill -9 "${pids[killed]}"
wait "${pids[killed]}" 2>/dev/null || true
wait $first || fail "the run failed"
for i in 1 2 3; do
    [ $i = "$killed" ] || wait "${pids[i]}" || fail "worker $i failed"
done

for file in predictions.jsonl features.jsonl differences.jsonl; do
    cmp "$T/whole/$file" "$T/run/$file" || fail "$file differs"
done
expect "$calls" "$(postgres sql 'SELECT count(*) FROM calls')" "calls in the journal"
expect 0 "$(postgres sql 'SELECT count(*) FROM samples WHERE state <> 2')" "samples not done"
expect "$calls" "$(postgres sql 'SELECT count(conversation) FROM readable')" "calls that can be read"
# The run's account sums all processes that lived; what they asked is what the killed one left to ask.
asked_all=$(account calls "$T/run.account")
from_journal=$(account "calls answered by the journal" "$T/run.account")
[ $((asked_all - from_journal)) -le $((calls + threads)) ] ||
    fail "asked $((asked_all - from_journal)) of $calls: more than what was in flight was asked again"

# The same command again asks nothing and writes the same bytes.
run "$T/run" --journal "$url" --lease 3
cmp "$T/whole/predictions.jsonl" "$T/run/predictions.jsonl" || fail "the same command gave other predictions"
expect "$calls" "$(postgres sql 'SELECT count(*) FROM calls')" "calls after the same command"

# What stands in the database can be looked at and asked again.
"$DRP" show "$T/run" --user ada --json >"$T/shown"
grep -q '"missing":0' "$T/shown" || fail "calls are missing: $(cat "$T/shown")"
expect "4 of 4 calls the same" "$("$DRP" verify "$T/run" --calls 4 --quiet)" "calls asked again"
