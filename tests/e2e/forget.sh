#!/bin/bash
# A person is forgotten after a run with the real small model, once as a sample and once as a peer of others: no byte of
# run and dataset holds their name or 24 characters in a row that only they wrote.
. "$SOURCE_DIR/tests/support/e2e.sh"
prepare_sample "$T/data"
cp -r "$T/data" "$T/before"

# pieces USER: what only they wrote, in pieces of 24 characters, and their name
pieces() {
    sqlite3 :memory: <<EOF
CREATE TABLE l (line TEXT);
.mode ascii
.separator "\037" "\n"
.import $T/before/test.jsonl l
.mode list
CREATE TABLE texts AS
 SELECT json_extract(line, '\$.user_id') AS who, json_extract(j.value, '\$.text') AS text
 FROM l, json_each(json_extract(line, '\$.profile')) AS j
 UNION ALL SELECT json_extract(line, '\$.user_id'), json_extract(line, '\$.data.text') FROM l;
CREATE TABLE pieces AS
 WITH RECURSIVE at (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM at WHERE n < 2000)
 SELECT who, substr(text, n, 24) AS piece FROM texts, at WHERE n <= length(text) - 23;
SELECT DISTINCT piece FROM pieces WHERE who = '$1'
EXCEPT SELECT piece FROM pieces WHERE who <> '$1';
SELECT '"$1"';
EOF
}

# traces USER FOLDER…: lines of all files that hold any of them
traces() {
    pieces "$1" >"$T/pieces"
    [ "$(wc -l <"$T/pieces")" -gt 500 ] || fail "only $(wc -l <"$T/pieces") pieces of $1"
    shift
    { LC_ALL=C grep -r -a -F -f "$T/pieces" "$@" || true; } | wc -l
}

"$DRP" run "$T/data" --method drp --items 2 --peers 2 --limit 2 --max-tokens 24 --quiet --out "$T/run" >/dev/null
calls=$(asked "$T/run/journal.db")

# Somebody whom the first two were compared with, but who is none of them.
peer=
for user in cleo dirk elin finn gwen hugo iris jonas lotte magnus; do
    seen=$(traces "$user" "$T/run/journal.db")
    [ -n "$peer" ] || [ "$seen" = 0 ] || peer=$user
done
[ -n "$peer" ] || fail "nobody was compared with"
for user in ada "$peer"; do
    [ "$(traces "$user" "$T/run")" -gt 0 ] || fail "no trace of $user before"
    "$DRP" forget "$T/run" --user "$user" >"$T/said"
    grep -q "drp forget $T/data --user $user" "$T/said" || fail "it does not say that the dataset has $user: $(cat "$T/said")"
    expect 0 "$(traces "$user" "$T/run")" "traces of $user in the run"
done
expect 1 "$(wc -l <"$T/run/predictions.jsonl")" "predictions of those who are left"
[ "$(asked "$T/run/journal.db")" -lt "$calls" ] || fail "no call went"

for user in ada "$peer"; do
    "$DRP" forget "$T/data" --user "$user" >/dev/null
    expect 0 "$(traces "$user" "$T/data" "$T/run")" "traces of $user"
done
expect 10 "$(wc -l <"$T/data/test.jsonl")" "rows that are left"

# The journal is one as before, and smaller when it is compacted once more.
"$DRP" journal export "$T/run" --out "$T/calls"
expect "$(asked "$T/run/journal.db")" "$(wc -l <"$T/calls")" "calls exported"
"$DRP" journal vacuum "$T/run" --json | grep -q '^{"texts":0,' || fail "texts that no call names were left"
"$DRP" journal stats "$T/run" | grep -q "^calls *$(asked "$T/run/journal.db")\$" || fail "another count of calls"

# Another dataset is not taken for the one of the run.
status=0
"$DRP" run "$T/data" --method drp --items 2 --peers 2 --limit 2 --max-tokens 24 --quiet --out "$T/run" >/dev/null 2>"$T/refused" || status=$?
expect 3 "$status" "exit status of the run given again with the dataset changed"
grep -q "made of another dataset" "$T/refused" || fail "the refusal does not name the dataset: $(cat "$T/refused")"
