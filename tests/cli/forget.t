# A person goes from a dataset and from a run; a journal is counted, exported, compacted.

$ cp $SAMPLE/reviews.jsonl . && drp prepare --reviews reviews.jsonl --meta $SAMPLE/meta.jsonl --out D --min-item 4 --min-user 5 --holdout 1 --min-profile 4 --min-profile-item 2 >/dev/null

$ mkdir R; echo '{"dataset":"D","options":{"user":["ada","bram"]}}' >R/run.json

$ for u in ada bram; do echo '{"method":"drp","user_id":"'$u'","prediction":"words","reference":"more words"}' >>R/predictions.jsonl; done

$ echo '{"method":"drp","user_id":"cleo","prediction":"Yes, there is a particular pleasure in it.","reference":"my own"}' >>R/predictions.jsonl

$ echo '{}' >R/metrics.json; echo hello >R/notes.txt

$ drp forget R --user bram
user 'bram' is forgotten in 'R'
  metrics.json                1 file
  predictions.jsonl           1 line, and 1 of others that held their words
  run.json                    1 name
the dataset still has them, and a run given again would use them: drp forget D --user bram
! drp: warning: 'R/notes.txt' is none of our files: look into it yourself

$ cat R/predictions.jsonl
{"method":"drp","user_id":"ada","prediction":"words","reference":"more words"}

$ cat R/run.json
{
  "dataset": "D",
  "options": {
    "user": [
      "ada"
    ]
  }
}

$ drp forget R --user ada --json
{"user":"ada","folder":"R","removed":[{"place":"predictions.jsonl","unit":"line","own":1,"quoting":0},{"place":"features.jsonl","unit":"line","own":0,"quoting":0},{"place":"differences.jsonl","unit":"line","own":0,"quoting":0},{"place":"run.json","unit":"name","own":1,"quoting":0}],"still_in":["D"],"guessed":false}
! drp: warning: 'R/notes.txt' is none of our files: look into it yourself

$ cat R/run.json
{
  "dataset": "D",
  "options": {
    "user": null
  }
}

$ drp forget R --user ada
! drp: error: unknown user 'ada' in 'R': no line and no call is about them
[3]

$ drp forget D --user bram
user 'bram' is forgotten in 'D'
  test.jsonl                  1 row
'reviews.jsonl', which it was made from, still has them
runs made of it have them too: drp forget RUN --user bram for each

$ drp stats D | head -3
users                      11
items                      10
texts                     102

$ cat D/* | grep -c bram
0
[1]

$ drp forget D --user brams
! drp: error: unknown user 'brams' in 'D': the nearest is 'iris'
[3]

$ drp forget D --user ada --json
{"user":"ada","folder":"D","removed":[{"place":"train.jsonl","unit":"row","own":0,"quoting":0},{"place":"val.jsonl","unit":"row","own":0,"quoting":0},{"place":"test.jsonl","unit":"row","own":1,"quoting":0}],"still_in":["reviews.jsonl"],"guessed":false}


# What a person was asked goes with them.
$ echo '[{"id":"7","input":"Write about the harbour.","profile":[{"id":"70","title":"Oh, the harbour!","text":"Ships stay in."}]},{"id":"9","input":"Write about snow.","profile":[{"id":"90","title":"Snow melts","text":"It has melted."}]}]' >questions.json

$ echo '{"task":"LaMP_4","golds":[{"id":"7","output":"Oh, closed!"},{"id":"9","output":"Snow gone"}]}' >golds.json

$ drp prepare --questions questions.json --golds golds.json --out Q >/dev/null; drp forget Q --user 7
user '7' is forgotten in 'Q'
  test.jsonl                  1 row
  items.jsonl                 2 items
'questions.json', which it was made from, still has them
'golds.json', which it was made from, still has them
runs made of it have them too: drp forget RUN --user 7 for each

$ cat Q/items.jsonl Q/test.jsonl
{"asin":"9/1","title":"","description":"It has melted."}
{"asin":"9/question","title":"Write about snow.","description":"Write about snow."}
{"user_id":"9","profile":[{"asin":"9/1","title":"","text":"Snow melts","rating":null,"timestamp":0}],"data":{"asin":"9/question","title":"","text":"Snow gone","rating":null,"timestamp":0}}

$ grep -A 8 '"counts"' Q/dataset.json
  "counts": {
    "users": 1,
    "items": 2,
    "texts": 2,
    "rows": {
      "train": 0,
      "val": 0,
      "test": 1
    }


# Mistakes.
$ drp forget
! drp: error: missing argument: drp forget RUN|DATASET
[2]

$ drp forget D
! drp: error: one --user is needed: who shall be forgotten
[2]

$ drp forget D --user ada,cleo
! drp: error: one --user is needed: who shall be forgotten
[2]

$ drp forget nowhere --user ada
! drp: error: no run or dataset 'nowhere': the folder of one is needed
[3]

$ mkdir X; drp forget X --user ada
! drp: error: no run or dataset 'X': the folder of one is needed
[3]

$ drp forget D --usr ada
! drp: error: unknown option '--usr': did you mean --user?
[2]

$ drp journal
! drp: error: no action: drp journal stats|export|vacuum JOURNAL|RUN
[2]

$ drp journal stats
! drp: error: missing argument: drp journal stats JOURNAL|RUN
[2]

$ drp journal stat R
! drp: error: unknown action 'stat' of a journal: did you mean 'stats'?
[2]

$ drp journal frobnicate R
! drp: error: unknown action 'frobnicate' of a journal: it is stats, export or vacuum
[2]

$ drp journal stats nowhere
! drp: error: no run or journal 'nowhere': check its name
[3]

$ drp journal stats R
! drp: error: no journal in 'R': it is no folder of a run
[3]

$ drp journal vacuum R/run.json
! drp: error: cannot open database 'R/run.json': file is not a database (SQLite code 26); it is something else: move it away or name another file
[5]

$ drp journal export D/test.jsonl
! drp: error: cannot open database 'D/test.jsonl': file is not a database (SQLite code 26); it is something else: move it away or name another file
[5]
