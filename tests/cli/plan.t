# What a run would ask: usual use, a smaller one, and mistakes. Without a probe the numbers are the same everywhere.

$ drp prepare --reviews $SAMPLE/reviews.jsonl --meta $SAMPLE/meta.jsonl --out D --min-item 4 --min-user 5 --holdout 1 --min-profile 4 --min-profile-item 2 >prepared

$ drp plan D --limit 2 --probe 0
samples 2, methods 1, cells of the grid 1: calls to ask 36
method  stage      calls  kept  prompt tokens  shared  answer tokens
drp     extract       16     0          13872      64           5120
        validate      16     0          18840   13312           5120
        summarize      2     0           6483       0            400
        write          2     0           4108       0            320
        total         36     0          43303   13376          10960
time   not told: without a probe nothing is known of the models
cost   not told: no price_in and price_out in a models table of --config
disk   238 KiB: journal 162 KiB, other files 76 KiB
kept: answered by an equal question of this run
lengths of answers are guesses; an answer that is empty or cannot be read adds a call

$ ls
D
prepared

$ drp plan D --limit 1 --items 1 --max-tokens 50 --probe 0 --json
{"samples":1,"looked_at":1,"methods":1,"cells":1,"stages":{"drp":{"extract":{"calls":1,"kept":0,"prompt_tokens":847,"cached_tokens":0,"answer_tokens":50},"validate":{"calls":1,"kept":0,"prompt_tokens":937,"cached_tokens":832,"answer_tokens":50},"summarize":{"calls":1,"kept":0,"prompt_tokens":272,"cached_tokens":0,"answer_tokens":50},"write":{"calls":1,"kept":0,"prompt_tokens":379,"cached_tokens":0,"answer_tokens":50}}},"calls":4,"kept":0,"prompt_tokens":2435,"cached_tokens":832,"answer_tokens":200,"models":[{"name":"smollm2-135m-instruct-q8_0","slots":8,"calls":4,"prompt_tokens":2435,"cached_tokens":832,"answer_tokens":200,"cached_at_most":false}],"workers":1,"seconds":null,"cost":null,"journal_bytes":12325,"file_bytes":1573,"learnt":false,"over_budget":false,"journal":null}

$ drp plan D --limit 1 --method nonp --journal postgresql://nobody@nowhere/none --probe 0
samples 1, methods 1, cells of the grid 1: calls to ask 1
method  stage  calls  kept  prompt tokens  shared  answer tokens
nonp    write      1     0            146       0            160
        total      1     0            146       0            160
time   not told: without a probe nothing is known of the models
cost   not told: no price_in and price_out in a models table of --config
disk   3 KiB: journal 2 KiB, other files 1 KiB
kept: answered by an equal question of this run
the database of --journal was not read: what it has counts as to be asked
lengths of answers are guesses; an answer that is empty or cannot be read adds a call

$ drp plan
! drp: error: missing argument: drp plan DATASET
[2]

$ drp plan nowhere
! drp: error: no dataset directory 'nowhere': drp prepare makes one
[3]

$ drp plan D --method nome
! drp: error: unknown method 'nome': did you mean 'nonp'? see 'drp methods'
[2]

$ drp plan D --user nobody --probe 0
! drp: error: unknown user 'nobody' in 'D': the nearest is 'ada'
[3]

$ drp plan D --probe soon
! drp: error: bad value 'soon' for --probe: a whole number is needed
[2]

$ drp plan D --dry-run
! drp: error: '--dry-run' is no option of 'plan': drp help plan lists what there is
[2]

$ drp run D --exact --out R
! drp: error: '--exact' is no option of 'run': drp help run lists what there is
[2]
