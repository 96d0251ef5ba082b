#!/bin/bash
# drp show: every call of a text with its stage, from the journal alone; nothing of others' texts; what was moved or lost
# is named.
. "$SOURCE_DIR/tests/support/e2e.sh"
prepare_sample "$T/data"
"$DRP" run "$T/data" --method drp,cicl,pdb --set pdb.pool=3 --items 2 --peers 2 --max-tokens 32 --user cleo --quiet \
    --out "$T/run" >/dev/null
"$DRP" show "$T/run" --user cleo --json >"$T/shown.json"
"$DRP" show "$T/run" --user cleo >"$T/page"
"$DRP" show "$T/run" --user cleo --include-peers --json >"$T/whole.json"

# What is shown is what the run wrote, and all that it asked; no 24 bytes of others are left, but for what cleo or an item
# says as well, or the prompts.
cat >"$T/check.py" <<'PY'
import glob, json, sqlite3, sys
t, sample, prompts = sys.argv[1:]
shown, whole = (json.load(open(f"{t}/{name}.json")) for name in ("shown", "whole"))
run = {p["method"]: p for p in map(json.loads, open(f"{t}/run/predictions.jsonl"))}
assert len(shown["predictions"]) == 3
for p in shown["predictions"]:
    line = run[p["method"]]
    assert (p["finish"], p["fallback"], p["missing"]) == (line["finish"], line["fallback"], 0), p["method"]
for p in whole["predictions"]:
    assert p["prediction"] == run[p["method"]]["prediction"], p["method"]
features = [json.loads(line) for line in open(f"{t}/run/features.jsonl")]
assert sum(len(p["features"]) for p in shown["predictions"]) == len(features)
calls = [c for p in whole["predictions"] for c in p["calls"]]
kept = sqlite3.connect(f"{t}/run/journal.db").execute("SELECT conversation, answer FROM readable").fetchall()
asked = {("\n".join(f"=== {m['role']}\n{m['text']}" for m in c["messages"]), c["answer"]) for c in calls}
assert asked == set(kept), f"{len(asked)} calls shown, {len(kept)} in the journal"
assert {"extract", "validate", "summarize", "write", "analyse", "distil"} <= {c["stage"] for c in calls}

flat = lambda text: " ".join(text.split())
texts = [json.loads(line) for line in open(f"{sample}/reviews.jsonl")]
own = [flat(x[k]) for x in texts if x["user"] == "cleo" for k in ("text", "title")]
public = [flat(x[k]) for x in map(json.loads, open(f"{sample}/meta.jsonl")) for k in ("title", "description")]
public += [flat(open(f).read()) for f in glob.glob(f"{prompts}/*/*.txt")]
strings = lambda v: ([v] if isinstance(v, str) else sum(map(strings, v.values() if isinstance(v, dict) else v), [])
                     if isinstance(v, (dict, list)) else [])
out = flat(open(f"{t}/page").read()) + "\0" + "\0".join(flat(s) for s in strings(shown))
pieces = {s[i:i + 24] for x in texts if x["user"] != "cleo" for s in (flat(x["text"]), flat(x["title"]))
          for i in range(len(s) - 23)}
assert len(pieces) > 20000
left = [p for p in pieces if p in out and not any(p in s for s in own + public)]
assert not left, left[:5]
there = "\0".join(strings(whole))
assert sum(p in there for p in pieces) > 1000, "with --include-peers they are there"
assert "[review by peer 1, " in out
PY
python3 "$T/check.py" "$T" "$SAMPLE" "$SOURCE_DIR/prompts" || fail "what is shown is not what it should be"

# One method; a value that the run does not have; somebody whom it did not take.
"$DRP" show "$T/run" --user cleo --method cicl --json >"$T/one.json"
expect 1 "$(grep -o '"method":' "$T/one.json" | wc -l)" "predictions of one method"
refuse() {
    local status=0
    "$DRP" show "${@:3}" 2>"$T/refused" >"$T/out" || status=$?
    expect "$1" "$status" "exit status of: show ${*:3}"
    grep -q "$2" "$T/refused" || fail "not said: $2: $(cat "$T/refused")"
}
refuse 2 "has no --method \"rag\": it has \[\"drp\",\"cicl\",\"pdb\"\]" "$T/run" --user cleo --method rag
refuse 2 "has no --temperature 0.5" "$T/run" --user cleo --temperature 0.5
refuse 3 "has no text about 'kettle-01'" "$T/run" --user cleo --item kettle-01
refuse 3 "has no answer for user 'ada'" "$T/run" --user ada
refuse 3 "unknown user 'cleopatra'" "$T/run" --user cleopatra
refuse 3 "no run in '$T/data'" "$T/data" --user cleo
refuse 2 "one --user is needed" "$T/run"

# A call that is lost costs what follows from it, and is named.
cp -r "$T/run" "$T/lost"
sqlite3 "$T/lost/journal.db" "DELETE FROM calls WHERE id = (SELECT max(id) FROM readable WHERE conversation LIKE '%[Your style]%')"
"$DRP" show "$T/lost" --user cleo >"$T/page" 2>/dev/null
grep -q "^Not in the journal" "$T/page" || fail "a lost call is not named"

# Moved: it says so, and is told where; changed: refused.
mv "$T/data" "$T/moved"
refuse 3 "no dataset at '$T/data'" "$T/run" --user cleo
"$DRP" show "$T/run" "$T/moved" --user cleo --json | cmp - "$T/shown.json" || fail "another place shows something else"
mv "$T/run/journal.db" "$T/elsewhere.db"
refuse 3 "no journal '$T/run/journal.db'" "$T/run" "$T/moved" --user cleo
"$DRP" show "$T/run" "$T/moved" --journal "$T/elsewhere.db" --user cleo --json | cmp - "$T/shown.json" ||
    fail "another journal shows something else"
sed -i 's/kettle/Kettle/' "$T/moved/items.jsonl"
refuse 3 "is not the one that run '$T/run' was made from" "$T/run" "$T/moved" --journal "$T/elsewhere.db" --user cleo
