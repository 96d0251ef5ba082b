# Questions with profiles, as LaMP has them, from files to prompts. Vectors lie in a file, so that clusters need no model.

$ printf '%s' '[{"id":"7","input":"Generate a headline for the following article: The harbour was closed.","profile":[{"id":"70","title":"Oh, the harbour!","text":"Ships stay in the harbour."},{"id":"71","title":"Oh, such snow!","text":"Snow in the streets."},{"id":"72","title":"","text":"Nothing."}]}' ',{"id":"9","input":"Generate a headline for the following article: The snow melts.","profile":[{"id":"90","title":"Snow melts","text":"The snow has melted."},{"id":"91","title":"Harbour closed","text":"The harbour is closed."}]}' ',{"id":"31","input":"Generate a headline for the following article: It rains.","profile":[{"id":"310","title":"Why, rain?","text":"Rain all day."}]}]' >questions.json

$ printf '%s' '{"task":"LaMP_4","golds":[{"id":"7","output":"Oh, a closed harbour!"},{"id":"9","output":"Snow gone"},{"id":"31","output":"Why rain again?"}]}' | gzip >golds.json.gz

$ drp prepare --questions questions.json --golds golds.json.gz --out D
read
           3  questions
           3  golds
           6  profile entries
           6  with 'title' as output
           1  left out, their output is empty
kept
           3  users
           8  items
           8  texts
           0  rows in train
           0  rows in val
           3  rows in test

$ cut -c1-100 D/items.jsonl
{"asin":"31/1","title":"","description":"Rain all day."}
{"asin":"31/question","title":"Generate a headline for the following article: It rains.","descriptio
{"asin":"7/1","title":"","description":"Ships stay in the harbour."}
{"asin":"7/2","title":"","description":"Snow in the streets."}
{"asin":"7/question","title":"Generate a headline for the following article: The harbour …","descr
{"asin":"9/1","title":"","description":"The snow has melted."}
{"asin":"9/2","title":"","description":"The harbour is closed."}
{"asin":"9/question","title":"Generate a headline for the following article: The snow …","descript

$ drp stats D
users                       3
items                       8
texts                       8
rows in train               0
rows in val                 0
rows in test                3

                       min     p10     p25  median     p75     p90     p99     max     mean
texts a user             2       2       2       3       3       3       3       3      2.7
users an item            1       1       1       1       1       1       1       1      1.0
characters a text        9       9      10      14      15      21      21      21     13.6
words a text             2       2       2       2       3       4       4       4      2.6

$ python3 -c 'import hashlib, json; [print(json.dumps({"text_sha256": hashlib.sha256(r["text"].encode()).hexdigest(), "vector": [(int(l["user_id"]) * 3 + n) % 7 - 3.1, int(l["user_id"]) % 5]})) for l in map(json.loads, open("D/test.jsonl")) for n, r in enumerate(l["profile"])]' >vectors.jsonl

$ drp select D --task generic --user 7 --peers 2 --embedder file:vectors.jsonl
user 7, to write about 7/question "Generate a headline for the following article: The harbour …"
  own texts that fit best: 2 of 2
    1 7/1
    2 7/2
  comparisons: 2
    1 own history in cluster 0, peer in cluster 1
      9/2 [review by peer 1, 14 chars]
      9/1 [review by peer 1, 10 chars]
    2 own history in cluster 0, peer in cluster 2
      31/1 [review by peer 1, 10 chars]

$ drp select D --select user --user 7 --peers 2 --embedder file:vectors.jsonl --json
{"user_id":"7","target":"7/question","own":["7/1","7/2"],"difference":[{"representative":{"user_id":"9","cluster":1},"target_cluster":0,"items":["9/2","9/1"]},{"representative":{"user_id":"31","cluster":2},"target_cluster":0,"items":["31/1"]}]}

$ drp run D --task generic --dry-run --user 7 --peers 1 --embedder file:vectors.jsonl
==== method drp, user 7
==== call 1: 261 tokens
---- system
You are an expert on how people write.
---- user
[Text by the user]:
[Input]: Ships stay in the harbour.
[Output]: Oh, the harbour!

[Text by the user]:
[Input]: Snow in the streets.
[Output]: Oh, such snow!

[Text by another person]:
[Input]: [description, 22 chars]
[Output]: [review by peer 1, 14 chars]

[Text by another person]:
[Input]: [description, 20 chars]
[Output]: [review by peer 2, 10 chars]

How do the outputs of the user differ in style from the outputs of other people? Compare the expression only, never the inputs, content or opinion. First compare:
- writing: choice of words, sentence structure
- emotional: tone, strength of feeling
- semantic: density of information, coherence
Then compare any further dimension. Give each difference a short name, a definition of the dimension, and what the user does and the others do not, in this form:
{"features":[{"name":"","definition":"","difference":""}]}
==== call 2: 338 tokens
---- system
You are an expert on how people write.
---- user
[Text by the user]:
[Input]: Ships stay in the harbour.
[Output]: Oh, the harbour!

[Text by the user]:
[Input]: Snow in the streets.
[Output]: Oh, such snow!

[Text by another person]:
[Input]: [description, 22 chars]
[Output]: [review by peer 1, 14 chars]

[Text by another person]:
[Input]: [description, 20 chars]
[Output]: [review by peer 2, 10 chars]

How do the outputs of the user differ in style from the outputs of other people? Compare the expression only, never the inputs, content or opinion. First compare:
- writing: choice of words, sentence structure
- emotional: tone, strength of feeling
- semantic: density of information, coherence
Then compare any further dimension. Give each difference a short name, a definition of the dimension, and what the user does and the others do not, in this form:
{"features":[{"name":"","definition":"","difference":""}]}
---- assistant
{"features":[{"name":"(name)","definition":"(definition)","difference":"(difference)"}]}
---- user
Check each feature against the texts. Drop it when other people write that way too, when the outputs do not show it, or when it is about inputs, content or opinion. Repeat the features that remain.
==== call 3: 117 tokens
---- system
You are an expert on how people write.
---- user
[Past text 1]: Oh, the harbour!

[Past text 2]: Oh, such snow!

[Difference 1]: (name): (difference)

All past texts are by one person. The differences say how this person writes, compared with others. Describe in one short paragraph how this person writes: words, sentences, tone, structure, habits. Do not speak about the subjects.

[How this person writes]:
==== call 4: 104 tokens
---- system
You answer the way one person writes. Give the output only.
---- user
[Input]: Ships stay in the harbour.
---- assistant
Oh, the harbour!
---- user
[Input]: Snow in the streets.
---- assistant
Oh, such snow!
---- user
[Your style]: (the model's answer)

[Input]: Generate a headline for the following article: The harbour was closed.
! drp: --task generic switches, where nothing else was given:
! drp:   --select user (who is compared)

# What is wrong is said in one line.

$ drp prepare --questions questions.json --out E
! drp: error: cannot read 'questions.json' element 1: no output for question '7': name the file that has them with --golds; --skip-bad N passes over up to N bad records
[3]

$ drp prepare --questions questions.json --golds golds.json.gz --reviews questions.json --out E
! drp: error: both --questions and --reviews or --meta: a dataset is made of one
[2]

$ drp prepare --golds golds.json.gz --out E
! drp: error: no --reviews: a file with texts is needed, or --questions
[2]

$ drp prepare --questions questions.json --golds golds.json.gz --output-field headline --out E
! drp: error: cannot read 'profile[0].headline' in 'questions.json' element 1: it is missing, expected a string or a number; --skip-bad N passes over up to N bad records
[3]

$ printf '[{"id":"7","input":"A","output":"B","profile":[]},{"id":7,"input":"A","output":"B","profile":[]}]' >twice.json; drp prepare --questions twice.json --out E
! drp: error: cannot read 'twice.json' element 2: duplicate id '7': a user has one question in a dataset; --skip-bad N passes over up to N bad records
[3]

$ printf '[{"id":"7","input":"A","output":"B","profile":[]},{"id":"8","input"' >cut.json; drp prepare --questions cut.json --out E
! drp: error: cannot read 'cut.json': it ends too early, fetch or copy it again, behind element 1
[3]

$ ls
D
cut.json
golds.json.gz
questions.json
twice.json
vectors.jsonl
