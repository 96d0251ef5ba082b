# drp doctor says what would fail, and the line that mends it.

$ drp doctor --punkt nowhere --model llama:none.gguf --embedder file:none.jsonl --no-synonyms --out /proc/x/R | grep -A2 '^fails' | grep -v '^ok'
fails  model          cannot open model 'none.gguf': no such file
                      -> name a GGUF file: llama:FILE.gguf
fails  embedder       cannot read 'none.jsonl'
                      -> no such file or folder; check its name
--
fails  files          0 MiB are free at '/proc/x/R'
                      -> remove something, or give another place
--
fails  scores         cannot find Punkt's parameters in 'nowhere'
                      -> no such folder; give the one that holds abbrev_types.txt, or
                         one that holds tokenizers/punkt_tab/english
! drp: error: 4 of these would fail a run

$ cd / && DRP_MODELS=/nowhere drp doctor --out /tmp --no-synonyms | grep -A1 '^fails'
fails  model          model '/nowhere/smollm2-135m-instruct-q8_0.gguf' is not there
                      -> 'make models' in the source folder makes it
fails  embedder       model '/nowhere/all-minilm-l6-v2-f16.gguf' is not there
                      -> 'make models' in the source folder makes it
! drp: error: 2 of these would fail a run

$ WNHOME=/nowhere drp doctor | grep -A2 '^fails'
fails  scores         cannot find WordNet's file '/nowhere/index.noun'
                      -> apt-get install wordnet-base, or let WNHOME name the folder of
                         WordNet 3.0
! drp: error: 1 of these would fail a run

$ drp doctor --out . --json >found.json && grep -c '"state": "fails"' found.json
0
[1]

$ : >journal.db && chmod 600 journal.db && drp doctor --journal journal.db | grep ' journal'
ok     journal        'journal.db' holds 0 calls

$ chmod 644 journal.db && drp doctor --journal journal.db | grep -A1 ' journal'
note   journal        'journal.db' can be read by others, and holds people's texts
                      -> chmod 600 'journal.db'

$ echo 'no database' >other.db && drp doctor --journal other.db | grep -A2 '^fails'
fails  journal        cannot open database 'other.db': file is not a database (SQLite
                      code 26); it is something else
                      -> move it away or name another file
! drp: error: 1 of these would fail a run

$ drp doctor --config nowhere.json
! drp: error: cannot read 'nowhere.json': no such file or folder; check its name
[3]
