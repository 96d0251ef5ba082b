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
