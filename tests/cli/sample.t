# The sample corpus, from raw texts to a selection that needs no model.

$ drp prepare --reviews $SAMPLE/reviews.jsonl --meta $SAMPLE/meta.jsonl --out D --min-item 4 --min-user 5 --holdout 1 --min-profile 4 --min-profile-item 2
read
         112  texts
          10  items, 10 of them usable
kept
          12  users
          10  items
         112  texts
           0  rows in train
           0  rows in val
          12  rows in test

$ ls D
dataset.json
items.jsonl
test.jsonl
train.jsonl
val.jsonl

$ drp stats D
users                      12
items                      10
texts                     112
rows in train               0
rows in val                 0
rows in test               12

                       min     p10     p25  median     p75     p90     p99     max     mean
texts a user             9       9       9       9      10      10      10      10      9.3
users an item           11      11      11      11      11      12      12      12     11.2
characters a text      246     317     377     416     480     568     626     639    427.8
words a text            46      64      73      79      94     108     121     125     81.9

$ drp stats D --json
{"users":12,"items":10,"texts":112,"rows":{"train":0,"val":0,"test":12},"quantiles":{"texts_per_user":{"min":9,"p10":9,"p25":9,"median":9,"p75":10,"p90":10,"p99":10,"max":10,"mean":9.333333333333334},"users_per_item":{"min":11,"p10":11,"p25":11,"median":11,"p75":11,"p90":12,"p99":12,"max":12,"mean":11.2},"chars_per_text":{"min":246,"p10":317,"p25":377,"median":416,"p75":480,"p90":568,"p99":626,"max":639,"mean":427.8392857142857},"words_per_text":{"min":46,"p10":64,"p25":73,"median":79,"p75":94,"p90":108,"p99":121,"max":125,"mean":81.90178571428571}}}

$ (cat $SAMPLE/reviews.jsonl; echo '{"user":"zoe"}') >bad.jsonl; drp prepare --reviews bad.jsonl --meta $SAMPLE/meta.jsonl --out E --min-item 4 --min-user 5 --holdout 1 --min-profile 4 --min-profile-item 2 --skip-bad 1 | head -3
read
         112  texts
          10  items, 10 of them usable
! drp: warning: passed over: cannot read 'item' in 'bad.jsonl' line 113: it is missing, expected a string that is not empty, or an integer

$ drp prepare --reviews bad.jsonl --out E
! drp: error: cannot read 'item' in 'bad.jsonl' line 113: it is missing, expected a string that is not empty, or an integer; --skip-bad N passes over up to N bad records
[3]

$ drp run D --user nobody --out R
! drp: error: unknown user 'nobody' in 'D': the nearest is 'ada'
[3]

$ drp write D
! drp: error: one --user is needed: who shall write
[2]

$ drp write D --user ada --item kettle-99
! drp: error: no item 'kettle-99' in the dataset: --item-title and --item-description describe another
[3]

$ drp methods
drp      DRP
         extract differences, validate each, summarise, write
         source: Unveiling Inference Scaling for Difference-Aware User Modeling, §2.2

$ drp --version
drp 0.1.0
