#!/bin/sh
# contrib/released-prompts on a checkout that is built like the authors' and says something else: the templates, and
# what the program makes of them; then checkouts that lack something.
. "$SOURCE_DIR/tests/support/e2e.sh"
make_prompts="$SOURCE_DIR/contrib/released-prompts"
mkdir -p "$T/code/utils"

cat >"$T/code/1_get_diff_outputs_qwen.py" <<'PY'
raise SystemExit("must not be run")
if __name__ == "__main__":
    difference_generation_prompt = (
        "Find what sets the user apart. "
        "Write --- [Name] Definition: ... ---\n"
    )
    difference_validation_prompt = "Keep what holds.\n"
PY
cat >"$T/code/2_get_final_outputs.py" <<'PY'
item_intro = "one thing" if num_retrieved == 1 else f"{num_retrieved} things"
summarizer_system_prompt = (
    f"From {item_intro}, "
    f"make a summary.\n"
    f"[Summary]: <summary>"
)
generator_system_prompt = f"Write it.\n" f"[Review]: <review>"
PY
cat >"$T/code/utils/preprocess.py" <<'PY'
def create_other_inputs(item_title, description, rating, review_title, profile):
    def create_summ_inp(diff_outputs):
        prompts = []
        for prof, diff_output in zip(selected, diff_outputs):
            p_item_title = prof["item_title"]
            p_desc = prof["description"]
            prompt = (
                f"[Thing]: {p_item_title}\n"
                f"[About]: {p_desc}\n"
                f"[Apart]:"
                f"\n{diff_output}\n"
            )
            prompts.append(prompt)
        past_reviews = "".join(
            [
                f"[Past {idx + 1}]:\n"
                f"- {p['item_title']}\n- {p['description']}\n"
                f"- {p['rating']}, stars\n- {p['title']}\n- {p['text']}\n"
                for idx, p in enumerate(selected)
            ]
        )
        return "\n".join(prompts) + f"\n[All past]:\n{past_reviews}\n"

    def create_gene_inp(summary):
        past_reviews = "".join([f"[Old {idx + 1}] {p['text']}\n" for idx, p in enumerate(selected)])
        prompt = (
            f"[Thing]: {item_title}\n[About]: {description}\n"
            f"[All past]:\n{past_reviews}\n"
            f"[Known]:\n{summary}\n"
            f"[Stars]: {rating}\n"
            f"[Head]: {review_title}\n"
        )
        return prompt

    return create_gene_inp, create_summ_inp


def create_diff_inputs(profile):
    def create_prompt(item_title, description, cur, others):
        item_context = f"[Thing]: {item_title}\n[About]: {description}\n"
        current_reviewer = f"\n[User]:\n- {cur_rating}\n- {cur_title}\n- {cur_text}\n"
        other_reviewers = []
        for idx, other in enumerate(others):
            other_reviewer = f"\n[Other {idx + 1}]:\n- {other_rating}\n- {other_title}\n- {other_text}\n"
            other_reviewers.append(other_reviewer)
        prompt = item_context + current_reviewer + "".join(other_reviewers)
        return prompt
PY

"$make_prompts" "$T/code" "$T/prompts" >"$T/made"
expect 4 "$(wc -l <"$T/made")" "files made"
expect "=== system
From 8 things, make a summary.
[Summary]: <summary>

=== user
{{#features}}
[Difference {{number}}]: {{name}}: {{difference}}
{{/features}}
{{#differences}}
[Thing]: {{item}}
{{#description}}
[About]: {{description}}
{{/description}}
[Apart]:
{{text}}

{{/differences}}
[All past]:
{{#own}}
[Past {{number}}]:
- {{item}}
{{#description}}
- {{description}}
{{/description}}
{{#rating}}
- {{rating}}, stars
{{/rating}}
{{#title}}
- {{title}}
{{/title}}
- {{text}}
{{/own}}" "$(cat "$T/prompts/released/shared/summarize.txt")" "the prompt of the summary"
expect "=== system
Write it.
[Review]: <review>

=== user
[Thing]: {{item}}
{{#description}}
[About]: {{description}}
{{/description}}
[All past]:
{{#own}}
[Old {{number}}] {{text}}
{{/own}}

[Known]:
{{profile}}
{{#rating}}
[Stars]: {{rating}}
{{/rating}}
{{#title}}
[Head]: {{title}}
{{/title}}" "$(cat "$T/prompts/released/shared/generate.txt")" "the prompt of the text"

# What the program shows is what the authors' code would have asked.
prepare_sample "$T/data"
"$DRP" run "$T/data" --fidelity released --items 1 --peers 2 --user ada --dry-run --include-peers --quiet \
    --prompts "$T/prompts" >"$T/shown"
awk '/^====/ { on = 0 } /^---- / { on = /user/ && n++ == 0; next } on' "$T/shown" >"$T/asked"
grep -qx 'Find what sets the user apart. Write --- \[Name\] Definition: ... ---' "$T/shown" || fail "no instruction of the checkout"
expect "[Thing]: x
[About]: x

[User]:
- x
- x
- x

[Other 1]:
- x
- x
- x

[Other 2]:
- x
- x
- x" "$(sed -E 's/^(\[Thing\]: |\[About\]: |- ).+/\1x/' "$T/asked")" "the form of a comparison"
grep -qx 'Keep what holds.' "$T/shown" || fail "no instruction to validate"
grep -qx '\[Known\]:' "$T/shown" || fail "no prompt of the text"

# refused FILE SED WORDS: a checkout whose FILE was changed by SED is refused with WORDS, and nothing is written
refused() {
    rm -rf "$T/broken"
    cp -r "$T/code" "$T/broken"
    sed "$2" "$T/code/$1" >"$T/broken/$1"
    status=0
    "$make_prompts" "$T/broken" "$T/none" >/dev/null 2>"$T/said" || status=$?
    expect 3 "$status" "exit status after $2"
    expect 1 "$(wc -l <"$T/said")" "lines said after $2"
    grep -q "$3" "$T/said" || fail "after $2 it says: $(cat "$T/said")"
    [ ! -e "$T/none" ] || fail "something was written after $2"
}
refused 1_get_diff_outputs_qwen.py 's/difference_validation_prompt/other/' "variable 'difference_validation_prompt'"
refused 2_get_final_outputs.py 's/item_intro =/intro =/' "variable 'item_intro'"
refused 2_get_final_outputs.py 's/f"Write it/"Write {{it}}/' "signs of templates"
refused 2_get_final_outputs.py 's/(/((/' "no Python"
refused utils/preprocess.py 's/current_reviewer =/reviewer =/' "variable 'current_reviewer'"
refused utils/preprocess.py 's/past_reviews = "".join(\[f.*/past_reviews = "none"/' "the list that makes 'past_reviews'"
refused utils/preprocess.py 's/return "/result = "/' "the end of 'create_summ_inp'"
refused utils/preprocess.py 's/{cur_text}/{cur_body}/' "what 'cur_body' stands for"
refused utils/preprocess.py 'd' "the function 'create_prompt'"

status=0
"$make_prompts" "$T/nowhere" "$T/none" 2>"$T/said" || status=$?
expect 3 "$status" "exit status without a checkout"
grep -q "no such file" "$T/said" || fail "without a checkout it says: $(cat "$T/said")"
