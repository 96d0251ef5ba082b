# Bad input gets one clear line: what, where, how to mend it. Exit status: 2 usage, 3 input.

$ drp frobnicate
! drp: error: unknown command 'frobnicate': drp help lists all
[2]

$ drp stast data
! drp: error: unknown command 'stast': did you mean 'stats'?
[2]

$ drp run
! drp: error: missing argument: drp run DATASET
[2]

$ drp run data more --out R
! drp: error: stray argument 'more': an option takes one value and is given again for more
[2]

$ drp run data --modle x --out R
! drp: error: unknown option '--modle': did you mean --model?
[2]

$ drp run data
! drp: error: no --out: a folder for the run is needed
[2]

$ drp stats nowhere
! drp: error: no dataset directory 'nowhere': drp prepare makes one
[3]

$ drp prepare --out D
! drp: error: no --reviews: a file with texts is needed, or --questions
[2]

$ drp prepare --reviews nothing.jsonl --out D
! drp: error: cannot read 'nothing.jsonl': no such file or folder; check its name
[3]

$ mkdir folder && drp prepare --reviews folder --out D
! drp: error: cannot read 'folder': it is a folder; name a file
[3]

$ printf '' >empty.jsonl && drp prepare --reviews empty.jsonl --out D
! drp: error: 'empty.jsonl' is empty: a file of JSON lines is needed
[3]

$ printf '{"user":"a","item":"x","text":"cut' >cut.jsonl && drp prepare --reviews cut.jsonl --out D
! drp: error: 'cut.jsonl' line 1: cannot parse: unexpected end of data at byte 34; --skip-bad N passes over up to N bad records
[3]

$ printf '{"user":"a","item":"x","text":"bad \377 byte"}\n' >utf8.jsonl && drp prepare --reviews utf8.jsonl --out D
! drp: error: 'utf8.jsonl' line 1: cannot parse: invalid UTF-8 encoding in string at byte 35; --skip-bad N passes over up to N bad records
[3]

$ printf '{"user":"a","item":"x","text":"nul \000 byte"}\n' >nul.jsonl && drp prepare --reviews nul.jsonl --out D
! drp: error: 'nul.jsonl' line 1: cannot parse: unexpected control character in string at byte 35; --skip-bad N passes over up to N bad records
[3]

$ printf '{"user":"a","item":"x"}\n' >missing.jsonl && drp prepare --reviews missing.jsonl --out D
! drp: error: cannot read 'text' in 'missing.jsonl' line 1: it is missing, expected a string; --skip-bad N passes over up to N bad records
[3]

$ printf '{"user":"a","item":"x","text":7}\n' >type.jsonl && drp prepare --reviews type.jsonl --out D
! drp: error: cannot read 'text' in 'type.jsonl' line 1: found a number, expected a string; --skip-bad N passes over up to N bad records
[3]

$ gzip -c $SAMPLE/reviews.jsonl | head -c 4000 >cut.gz && drp prepare --reviews cut.gz --out D
! drp: error: cannot read 'cut.gz': its gzip data end too early; fetch or copy it again
[3]

$ drp prepare --reviews $SAMPLE/reviews.jsonl --out D
read
         112  texts
dropped texts
         112  by a user with fewer texts than --min-user
kept
           0  users
           0  items
           0  texts
           0  rows in train
           0  rows in val
           0  rows in test
each of these thresholds would keep somebody
          10  users with --min-item 4 --min-user 9 --holdout 5 --min-profile 4 --min-profile-item 3
! drp: error: no user is left of 112 texts: 112 by a user with fewer texts than --min-user; try --min-item 4 --min-user 9 --holdout 5 --min-profile 4 --min-profile-item 3
[3]

$ drp prepare --reviews $SAMPLE/reviews.jsonl --out folder/../empty.jsonl --min-user 5 --holdout 1
! drp: error: cannot write a folder 'folder/../empty.jsonl': a file is there; name another
[3]

$ ls
cut.gz
cut.jsonl
empty.jsonl
folder
missing.jsonl
nul.jsonl
type.jsonl
utf8.jsonl

# A method that is none leaves nothing behind.
$ drp run D --method foo --out never
! drp: error: unknown method 'foo': drp methods lists all
[2]
$ drp run D --method dlp --out never
! drp: error: unknown method 'dlp': did you mean 'dpl'? see 'drp methods'
[2]
$ ls never
! ls: cannot access 'never': No such file or directory
[2]

# Somebody in no dataset.
$ drp write
! drp: error: nobody to write as: drp write DATASET --user ID, or drp write --history FILE
[2]
$ drp write D --history h.jsonl --item-title Kettle
! drp: error: both a dataset and --history: the person is in one of them
[2]
$ drp write --others o.jsonl --item-title Kettle
! drp: error: no --history: --others and --meta belong to it
[2]
$ printf '{"text":"I like it."}\n' >h.jsonl; drp write --history h.jsonl
! drp: error: no --item-title: what shall be written about
[2]
$ drp write --history nowhere.jsonl --item-title Kettle
! drp: error: cannot read 'nowhere.jsonl': no such file or folder; check its name
[3]
$ drp write --history empty.jsonl --item-title Kettle
! drp: error: 'empty.jsonl' holds no text: JSON lines {"text"} of one person are needed
[3]
$ printf '{"text":"I like it."}\n{"text":" "}\n' >blank.jsonl; drp write --history blank.jsonl --item-title Kettle
! drp: error: cannot read 'blank.jsonl' line 2: its text is empty
[3]
$ printf '{"text":"I like it."}\n{"txet":"x"}\n' >bad.jsonl; drp write --history bad.jsonl --item-title Kettle
! drp: error: cannot read 'bad.jsonl' line 2: no known format: expected a field 'text' or 'reviewText'
[3]
$ drp write --history h.jsonl --others h.jsonl --item-title Kettle
! drp: error: cannot read 'user' in 'h.jsonl' line 1: it is missing, expected a string that is not empty, or an integer
[3]
$ drp write --history $SAMPLE/reviews.jsonl --item-title Kettle
! drp: error: cannot read '(*)/share/sample/reviews.jsonl' line 2: it is by another user than the lines before: --user ID says whose texts count
[3]
$ drp write --history $SAMPLE/reviews.jsonl --user nobody --item-title Kettle
! drp: error: no text of user 'nobody' in '(*)/share/sample/reviews.jsonl'
[3]


# A reader that has gone, and a disk that is full.
$ (sleep 0.3; drp man; echo "status $?" >&2) | true
! status 141

$ drp man >/dev/full
! drp: error: cannot write to standard output: No space left on device
[3]
