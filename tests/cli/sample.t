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
nonp     Non-P
         write from item, rating and title alone
         calls a sample: 1
         source: the paper's Table 1; the task without its history
         inferred: which of the target is shown: title and description of the item, rating and title of the text
rag      RAG
         retrieve past texts, write
         calls a sample: 1
         source: LaMP: When Large Language Models Meet Personalization (Salemi et al., ACL 2024)
         inferred: eight texts, best first, none shortened while they fit; LaMP has one and shares out a budget of tokens
intsum   IntSum
         summarise past texts, write from summary and retrieved texts
         calls a sample: 2
         source: Integrating Summarization and Retrieval for Enhanced Personalization via Large Language Models (Richardson et al., 2023)
         inferred: the summary is of the retrieved texts, so that it is made anew for each target; its length; k = 8 for both steps
         --set intsum.source=retrieved: texts that are summarised (retrieved|recent|sample|all); inferred
         --set intsum.k=8: of them, at most; all: as many as fit (1 to 500); inferred
trsr     LLM-TRSR
         summarise past texts block by block, write from summary and past texts
         calls a sample: b + 1 for b blocks, or b + 2 with trsr.mode=hierarchical: at most 6 or 7
         source: Harnessing Large Language Models for Text-Rich Sequential Recommendation (Zheng et al., WWW 2024)
         inferred: recurrent by default; the newest texts are summarised, for writing habits and preferences; the retrieved texts stand for the recent ones
         --set trsr.mode=recurrent: each summary takes up the former one, or all are summarised again (recurrent|hierarchical); inferred
         --set trsr.select=newest: texts that are summarised (newest|retrieved); inferred
         --set trsr.raw=own: texts shown beside the summary (own|recent|none); inferred
         --set trsr.recent=3: of them, with trsr.raw=recent (1 to 64); inferred
         --set trsr.block=5: texts of a block (1 to 64)
         --set trsr.max_blocks=5: blocks (1 to 64)
cicl     CICL
         set past texts against others' about the same items, analyse, write
         calls a sample: 2, or 1 with cicl.calls=merged; one more a pair with cicl.neg=llm_default or where nothing can be compared
         source: Customizing Language Model Responses with Contrastive In-Context Learning (Gao and Das, AAAI 2024)
         inferred: another user's text about the same item as the undesired side, one a pair, as many pairs as comparisons; peer_center takes the first representative, since the sizes of clusters are not kept, and any text with --select user; the model's own text where nothing can be compared
         --set cicl.neg=peer_random: the undesired side of a pair (peer_random|peer_dissimilar|peer_center|llm_default); inferred
         --set cicl.show=pairs: what the text is written from, beside the analysis (pairs|positives); inferred
         --set cicl.calls=split: analysis and text in two calls, or in one (split|merged); inferred
pdb      P-DB
         personas of users, collaborators, retrieve items (by words where vectors come from a file), write
         calls a sample: 1, and 2 for each user touched, shared by all samples whose target that user did not write about: 43 with the pool of 20
         source: Persona-DB (Sun et al., COLING 2025), adapted to reviews
         inferred: categories and prompts for reviews, the pool of nearest users, r = 8, the query, 320 bytes of each past review ranked
         --set pdb.pool=20: nearest users among whom collaborators are looked for; 0: all (0 to 1000000); inferred
         --set pdb.collaborators=3: users whose personas are joined (0 to 64)
         --set pdb.r=8: items retrieved; the original has 40 (1 to 500); inferred
         --set pdb.x=0.25: share of them that is the collaborators' (0 to 1)
         --set pdb.history=100: newest texts a persona is made from (1 to 500)
dpl      DPL
         say how the user differs on three axes, summarise, write
         calls a sample: n + 2 for n comparisons: 10, or 6 with --select user
         source: Measuring What Makes You Unique: Difference-Aware User Modeling for Enhancing LLM Personalization (Qiu et al., ACL Findings 2025), released code
drp      DRP
         extract differences, validate each, summarise, write
         calls a sample: 2 n + 2 for n comparisons: 18, or 10 with --select user
         source: Unveiling Inference Scaling for Difference-Aware User Modeling, §2.2
         --set drp.features=validated: features that are used (validated|raw)
         --set drp.dimensions=seeded: three dimensions are named first, or none (seeded|open)
         --set drp.validate=continue: in the conversation of the extraction, or in one of its own; also --validate (continue|fresh)
         --set drp.pass=features: what the summary sees: features that were read, or the raw answers (features|texts)
         --set drp.grammar=on: features are held to a grammar, or free text is read (on|off)
all      for every method
         --set engine.penalty=on: repetition penalty of greedy answers, for models that ask for one (on|off)
         --set engine.unclosed=drop: thoughts that do not end are no answer, or are taken for it (drop|keep)
         --set prompt.order=shared: material first, or the instruction first (shared|released)

$ drp --version
drp 0.1.0
