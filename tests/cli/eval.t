# Scores and comparisons, with the built-in parameters of Punkt and without WordNet, so that nothing
# but this project decides the figures.

$ printf '%s\n' '{"id":1,"hypothesis":"The pour is gentle.","reference":"The pour is so gentle!"}' '{"id":"b","hypothesis":"","reference":"Nothing."}' '{"id":null,"hypothesis":"I like \"it\" 😀 &amp; so on","reference":"I like it 😀 & so on"}' >a.jsonl
$ drp eval --pairs a.jsonl --no-synonyms --punkt builtin
3 pairs; in brackets the 95 % interval

BLEU      32.44  [0.00, 36.89]     78.6/50.0/30.0/12.5, BP 0.931, 14 tokens to 15
METEOR   0.4978  [0.0000, 0.8577]
ROUGE-1  0.5993  [0.0000, 0.9091]
ROUGE-2  0.4127  [0.0000, 0.6667]
ROUGE-L  0.5993  [0.0000, 0.9091]

bleu       nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0|impl:drp-0.1.0
meteor     nrefs:1|case:lc|alpha:0.9|beta:3|gamma:0.5|tok:word_tokenize|punkt:builtin|stem:porter-nltk|syn:no|agg:mean|version:nltk-3.10.4|impl:drp-0.1.0
rouge1     nrefs:1|case:lc|type:rouge1|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
rouge2     nrefs:1|case:lc|type:rouge2|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
rougeL     nrefs:1|case:lc|type:rougeL|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
intervals  bs:1000|seed:12345|rng:pcg64|unit:sample|interval:95|version:2.6.0|impl:drp-0.1.0
$ drp eval --pairs a.jsonl --no-synonyms --punkt builtin --per-sample
1	bleu 34.98	meteor 0.6356	rouge1 0.8889	rouge2 0.5714	rougeL 0.8889
"b"	bleu 0.00	meteor 0.0000	rouge1 0.0000	rouge2 0.0000	rougeL 0.0000
null	bleu 36.89	meteor 0.8577	rouge1 0.9091	rouge2 0.6667	rougeL 0.9091
$ drp eval --pairs a.jsonl --no-synonyms --punkt builtin --per-sample --json
{"id":1,"bleu":34.98330125272253,"meteor":0.635593220338983,"rouge1":0.888888888888889,"rouge2":0.5714285714285715,"rougeL":0.888888888888889}
{"id":"b","bleu":0.0,"meteor":0.0,"rouge1":0.0,"rouge2":0.0,"rougeL":0.0}
{"id":null,"bleu":36.88939732334405,"meteor":0.8576944291230005,"rouge1":0.9090909090909091,"rouge2":0.6666666666666665,"rougeL":0.9090909090909091}
$ drp eval --pairs a.jsonl --no-synonyms --punkt builtin --json | python3 -c 'import json, sys; d = json.load(sys.stdin); print(sorted(d), sorted(d["intervals"]), d["signatures"]["bleu"])'
['bleu', 'bleu_bp', 'bleu_precisions', 'bleu_ref_len', 'bleu_sys_len', 'intervals', 'meteor', 'n', 'rouge1', 'rouge2', 'rougeL', 'signatures'] ['bleu', 'meteor', 'rouge1', 'rouge2', 'rougeL'] nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0|impl:drp-0.1.0

# WordNet is missing: everything but METEOR is there, and the line that mends it.
$ WNHOME=nowhere drp eval --pairs a.jsonl --punkt builtin 2>err; echo $?; cat err
3 pairs; in brackets the 95 % interval

BLEU      32.44  [0.00, 36.89]     78.6/50.0/30.0/12.5, BP 0.931, 14 tokens to 15
METEOR        –
ROUGE-1  0.5993  [0.0000, 0.9091]
ROUGE-2  0.4127  [0.0000, 0.6667]
ROUGE-L  0.5993  [0.0000, 0.9091]

bleu       nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0|impl:drp-0.1.0
rouge1     nrefs:1|case:lc|type:rouge1|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
rouge2     nrefs:1|case:lc|type:rouge2|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
rougeL     nrefs:1|case:lc|type:rougeL|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
intervals  bs:1000|seed:12345|rng:pcg64|unit:sample|interval:95|version:2.6.0|impl:drp-0.1.0
3
drp: error: no METEOR: cannot find WordNet's file 'nowhere/index.noun': apt-get install wordnet-base, or let WNHOME name the folder of WordNet 3.0
$ drp eval --pairs a.jsonl --punkt builtin --wordnet nowhere
! drp: error: cannot find WordNet's file 'nowhere/index.noun': apt-get install wordnet-base, or let WNHOME name the folder of WordNet 3.0
[3]

# Comparisons of files go by id.
$ printf '%s\n' '{"id":1,"hypothesis":"The pour is so gentle!","reference":"The pour is so gentle!"}' '{"id":"b","hypothesis":"Nothing.","reference":"Nothing."}' '{"id":3,"hypothesis":"x","reference":"y"}' >b.jsonl
$ drp compare --pairs a.jsonl --pairs b.jsonl --no-synonyms --punkt builtin --resamples 100 --trials 100
2 samples, 1 left out that not all systems have

BLEU      score  95 %            difference  95 %           p bootstrap  p random.    Holm    shows from
a.jsonl   23.45  [0.00, 29.42]     baseline
b.jsonl  100.00  [0.00, 100.00]      +76.55  [0.00, 76.55]       0.0099     0.0099  0.0099         88.37

METEOR    score  95 %              difference  95 %              p bootstrap  p random.    Holm    shows from
a.jsonl  0.3178  [0.0000, 0.6356]    baseline
b.jsonl  0.9676  [0.9375, 0.9977]     +0.6498  [0.3621, 0.9375]       0.0099     0.0099  0.0099        0.5768

ROUGE-1   score  95 %              difference  95 %              p bootstrap  p random.    Holm    shows from
a.jsonl  0.4444  [0.0000, 0.8889]    baseline
b.jsonl  1.0000  [1.0000, 1.0000]     +0.5556  [0.1111, 1.0000]       0.0099     0.0099  0.0099        0.8910

ROUGE-2   score  95 %              difference  95 %              p bootstrap  p random.    Holm    shows from
a.jsonl  0.2857  [0.0000, 0.5714]    baseline
b.jsonl  0.5000  [0.0000, 1.0000]     +0.2143  [0.0000, 0.4286]       0.0099     0.0099  0.0099        0.4296

ROUGE-L   score  95 %              difference  95 %              p bootstrap  p random.    Holm    shows from
a.jsonl  0.4444  [0.0000, 0.8889]    baseline
b.jsonl  1.0000  [1.0000, 1.0000]     +0.5556  [0.1111, 1.0000]       0.0099     0.0099  0.0099        0.8910

* p < 0.05 by approximate randomisation after Holm's correction; shows from: the smallest
difference that so many samples show in four of five repetitions

bleu    nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0|impl:drp-0.1.0
meteor  nrefs:1|case:lc|alpha:0.9|beta:3|gamma:0.5|tok:word_tokenize|punkt:builtin|stem:porter-nltk|syn:no|agg:mean|version:nltk-3.10.4|impl:drp-0.1.0
rouge1  nrefs:1|case:lc|type:rouge1|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
rouge2  nrefs:1|case:lc|type:rouge2|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
rougeL  nrefs:1|case:lc|type:rougeL|measure:f1|tok:[a-z0-9]+|stem:no|agg:mean|version:rouge-score-0.1.2|impl:drp-0.1.0
tests   bs:100|ar:100|seed:12345|rng:pcg64|unit:sample|interval:95|version:2.6.0|impl:drp-0.1.0
$ drp compare --pairs a.jsonl --no-synonyms
! drp: error: nothing to compare: a run with two methods, or two runs or files, are needed
[3]
$ drp compare --pairs a.jsonl --pairs b.jsonl --baseline 3 --no-synonyms
! drp: error: no baseline '3': it is a method of the runs, or the number of a run or file, from 1
[2]
$ cat a.jsonl a.jsonl >twice.jsonl; drp compare --pairs twice.jsonl --pairs b.jsonl --no-synonyms
! drp: error: 'twice.jsonl' line 4 repeats the 'id' of an earlier line: remove one
[3]

# Mistakes.
$ drp eval
! drp: error: nothing to score: give a run, or --pairs FILE
[2]
$ drp eval nowhere
! drp: error: no run in 'nowhere': there is no predictions.jsonl; drp run makes it
[3]
$ drp eval --pairs nowhere.jsonl
! drp: error: cannot read 'nowhere.jsonl': no such file or folder; check its name
[3]
$ drp eval --pairs a.jsonl --pairs b.jsonl
! drp: error: one run or one file at a time: drp compare takes several
[2]
$ printf '{"id":1,"hypothesis":"a"}\n' >bad.jsonl; drp eval --pairs bad.jsonl
! drp: error: no 'reference' in 'bad.jsonl' line 1: a string is needed
[3]
$ printf '{"id":1,"hypothesis":"\377","reference":""}\n' >bad.jsonl; drp eval --pairs bad.jsonl
! drp: error: 'bad.jsonl' line 1: cannot parse: invalid UTF-8 encoding in string at byte 22
[3]
$ : >empty.jsonl; drp eval --pairs empty.jsonl
! drp: error: nothing to score: 'empty.jsonl' has no line
[3]
$ drp eval --pairs a.jsonl --punkt nowhere
! drp: error: cannot find Punkt's parameters in 'nowhere': no such folder; give the one that holds abbrev_types.txt, or one that holds tokenizers/punkt_tab/english
[3]
$ drp eval --pairs a.jsonl --judge llama:nowhere.gguf --judge-repeats 2
! drp: error: --judge-repeats 2: an odd number is needed, so that there is a median
[2]
