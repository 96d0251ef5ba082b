#!/bin/bash
# Help, manual page and completion: all that the tables have is in them, and fits.
. "$SOURCE_DIR/tests/support/e2e.sh"
cd "$T"

commands=$("$DRP" help | awk '/^  drp / { print $2 }')
[ "$(echo "$commands" | wc -l)" -ge 12 ] || fail "drp help names too few commands: $commands"

# fits NAME FILE: a screen of 24 lines and 80 columns
fits() {
    local lines columns
    lines=$(wc -l <"$2")
    columns=$(LC_ALL=C.UTF-8 wc -L <"$2")
    [ "$lines" -le 24 ] && [ "$columns" -le 80 ] || fail "$1 has $lines lines and $columns columns"
}

"$DRP" >overview && fits drp overview
"$DRP" man >drp.1
groff -Kutf8 -man -Tutf8 -ww -z drp.1 2>warnings
[ ! -s warnings ] || fail "the manual page: $(head -1 warnings)"
groff -Kutf8 -man -Tutf8 -P-cbou drp.1 >manual
for shell in bash zsh fish; do "$DRP" completion $shell >drp.$shell && $shell -n drp.$shell; done

for command in $commands; do
    "$DRP" "$command" --help >front && fits "drp $command --help" front
    "$DRP" help "$command" >full
    # Names of options have no dot, those of methods' settings have one.
    options=$("$DRP" "$command" --show-config | awk '$1 !~ /\./ { print $1 }')
    [ -n "$options" ] || fail "drp $command --show-config shows nothing"
    for option in $options; do
        grep -q -- "^  --$option\b" full || fail "drp help $command lacks --$option"
        grep -q -- "^ *--$option\b" manual || fail "the manual page lacks --$option"
        grep -q -- "from $command' -l $option " drp.fish || fail "fish does not know $command --$option"
    done
    # What the one-screen page names, the command takes.
    for option in $(grep -oE -- '^  --[a-z-]+' front; sed -n '/^Also/,$s/--help$//p' front | grep -oE -- ' --[a-z-]+'); do
        echo "$options" | grep -qx -- "${option#--}" || fail "drp $command --help names $option"
    done
done

# completes WORD…: what bash offers for the last word
completes() {
    bash -c '. ./drp.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _drp; echo "${COMPREPLY[@]}"' - "$@"
}
expect run "$(completes drp ru)" "bash, a command"
expect "--split" "$(completes drp run --sp)" "bash, an option"
expect "train test" "$(completes drp run --split t)" "bash, a value"
expect "bash zsh fish" "$(completes drp completion '')" "bash, a word"
expect "--split" "$(fish -c 'source drp.fish; complete -C "drp run --sp"' | cut -f1)" "fish, an option"
expect "test train" "$(fish -c 'source drp.fish; complete -C "drp run --split t"' | cut -f1 | xargs)" "fish, a value"
