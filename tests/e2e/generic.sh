#!/bin/sh
# Questions with profiles through DRP with the real small model: the other prompts, users compared as wholes.
. "$SOURCE_DIR/tests/support/e2e.sh"

# question ID WORDS: what ID was given and wrote three times, and what is asked now
question() {
    printf '{"id":"%s","input":"Generate a headline for the following note: the train is late.","profile":[' "$1"
    for thing in harbour kettle winter; do
        [ "$thing" = harbour ] || printf ','
        printf '{"id":"%s-%s","title":"%s %s","text":"A note on the %s and the train."}' "$1" "$thing" "$2" "$thing" "$thing"
    done
    printf ']}'
}
{ printf '[' && question ada 'Oh, what a lovely little' && printf ',' && question bob 'No trouble: the' && printf ']'; } >"$T/questions"
echo '{"task":"LaMP_4","golds":[{"id":"ada","output":"Oh, a late train"},{"id":"bob","output":"Train late"}]}' >"$T/golds"
"$DRP" prepare --questions "$T/questions" --golds "$T/golds" --out "$T/data" >/dev/null
run() {
    "$DRP" run "$T/data" --method drp --peers 1 --max-tokens 60 --user ada --out "$T/run" "$@"
}

run --task generic >"$T/account" 2>"$T/said"
grep -q -- '--select user' "$T/said" || fail "it does not say what the task switches: $(cat "$T/said")"
expect 1 "$(wc -l <"$T/run/predictions.jsonl")" "predictions"
grep -q '"user_id":"ada","asin":"ada/question"' "$T/run/predictions.jsonl" || fail "another prediction: $(cat "$T/run/predictions.jsonl")"
grep -q '"reference":"Oh, a late train"' "$T/run/predictions.jsonl" || fail "another reference: $(cat "$T/run/predictions.jsonl")"
expect 1 "$(wc -l <"$T/run/differences.jsonl")" "differences: one other user"
asked_of() {
    sqlite3 "$T/run/journal.db" "SELECT count(*) FROM readable WHERE conversation LIKE '%$1%'"
}
[ "$(asked_of '[Output]: No trouble: the kettle')" -ge 2 ] || fail "bob's outputs are not compared with"
[ "$(asked_of 'Past text 1]: Oh, what a lovely little')" -ge 1 ] || fail "no summary of ada's texts"
expect 0 "$(asked_of review)" "prompts that speak of reviews"

status=0
run --task review --select user --quiet 2>"$T/refused" || status=$?
expect 3 "$status" "exit status of another task in the same folder"
grep -q "'task' was" "$T/refused" || fail "the refusal does not name the option: $(cat "$T/refused")"
