#!/usr/bin/env python3
"""Write the answers of the Python packages that drp's numbers must equal.

usage: golden.py REVIEWS.jsonl OUTDIR [--seed N] [--cases N] [--only NAME,NAME]

NAME: bm25, kmeans, metrics, tokens, porter; default all. tests/golden was made with
    golden.py share/sample/reviews.jsonl tests/golden --cases 20
and with share/punkt/english as NLTK's punkt_tab/english, so that it does not need NLTK's own data.
Needs, for what is asked: rank-bm25==0.2.2, scikit-learn==1.9.1, sacrebleu==2.6.0, rouge-score==0.1.2 and
nltk==3.10.4 with its data wordnet (3.0) and punkt_tab. Reviews have our field names (item, text, title) or
Amazon's (asin, reviewText, summary).
"""
import argparse
import json
import os
import random
import re
import warnings


def read_reviews(path):
    with open(path, encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    rows = [{"item": r.get("item") or r["asin"], "text": r.get("text") or r["reviewText"],
             "title": r.get("title") or r.get("summary") or ""} for r in rows]
    return [r for r in rows if len(r["text"]) >= 40]


def bm25(reviews, rng, n_cases, _seed):
    import numpy as np
    from rank_bm25 import BM25Okapi
    cases = [(["a b", "a c", "a d"], "a a b"),           # a word in all documents, asked for twice
             (["x y z"], "x q"),                         # one document: a negative floor
             (["same text here"] * 3 + ["other"], "text other"),
             (["a", "", "b a"], "b"),                    # an empty document
             (["a\u00a0b", "a\u3000b c", "a\u200bb"], "a b")]  # spaces that are not ASCII; U+200B is none
    while len(cases) < n_cases:
        some = rng.sample(reviews, rng.randrange(2, min(60, len(reviews))))
        query = rng.choice(reviews)
        cases.append(([f'{r["title"]} {r["text"][:rng.randrange(60, 400)]}' for r in some],
                      f'{query["title"]} {query["text"][:200]}'))
    for documents, query in cases:
        scores = BM25Okapi([d.split() for d in documents]).get_scores(query.split())
        yield {"documents": documents, "query": query, "scores": [float(s) for s in scores],
               "top8": [int(i) for i in np.argsort(scores, kind="stable")[::-1][:8]]}


def kmeans(_reviews, _rng, n_cases, seed):
    import numpy as np
    import sklearn
    from sklearn.cluster import KMeans
    warnings.filterwarnings("ignore")
    rng = np.random.RandomState(seed)
    for case in range(n_cases):
        k = 5 if case % 3 else int(rng.randint(2, 9))
        n, d = int(rng.randint(k, 50)), int(rng.choice([2, 8, 16, 60]))
        centres = rng.randn(k, d)
        x = rng.randn(n, d) + 2 * centres[rng.randint(0, k, n)]
        if case % 7 == 3:
            x[n // 2:] = x[: n - n // 2]                 # duplicates
        x = np.round(x / np.linalg.norm(x, axis=1, keepdims=True), 6).astype(np.float32)
        m = KMeans(n_clusters=k, random_state=42).fit(x)
        representatives = []
        for cluster in set(range(k)) - {m.labels_[0]}:
            members = [i for i in range(1, n) if m.labels_[i] == cluster]
            far = [np.linalg.norm(x[i].astype(float) - m.cluster_centers_[cluster]) for i in members]
            if members:                                  # two members are always equally near
                representatives.append([i for i, f in zip(members, far) if f <= min(far) + 1e-6])
        yield {"k": k, "seed": 42, "points": [[float(f"{v:.6f}") for v in row] for row in x],
               "labels": [int(label) for label in m.labels_], "inertia": float(m.inertia_),
               "iterations": int(m.n_iter_), "target": 0, "representatives": representatives,
               "sklearn": sklearn.__version__}


PAIRS = [
    ("", "Great strap."), ("Great strap.", "Great strap."), ("a", "a"), ("great STRAP!!", "Great strap."),
    ("I can't believe it's so good... won't return it.", "I cannot believe it is so good. Will not return it!"),
    ("Caf\u00e9 na\u00efve \u2014 \u201cquoted\u201d text \u2026 \u20ac20", "Cafe naive - \"quoted\" text ... EUR 20"),
    ("\U0001F600 love it \U0001F3B8\U0001F3B8", "love it \U0001F600"),
    ("The dogs were running quickly toward the mice.", "A dog ran fast towards a mouse."),
    ("well-made state-of-the-art 5-star A+ C++ w/ 50/50", "well made state of the art five star"),
]


def pairs_of(reviews, rng, n_cases):
    pairs = list(PAIRS)
    while len(pairs) < n_cases:
        a, b = rng.choice(reviews), rng.choice(reviews)
        words = a["text"].split()
        shuffled = rng.sample(words, len(words))
        pairs.append((rng.choice([b["text"], " ".join(words[: len(words) // 2]), " ".join(shuffled)]),
                      a["text"]))
    return pairs


def metrics(reviews, rng, n_cases, _seed):
    """Three files: the pairs, the values of each, and those of all together."""
    import sacrebleu
    from nltk.tokenize import word_tokenize
    from nltk.translate.meteor_score import single_meteor_score
    from rouge_score import rouge_scorer
    pairs = pairs_of(reviews, rng, n_cases)
    names = ["rouge1", "rouge2", "rougeL", "meteor"]
    scorer = rouge_scorer.RougeScorer(names[:3], use_stemmer=False)
    sums = dict.fromkeys(names, 0.0)
    for i, (hypothesis, reference) in enumerate(pairs):
        rouge = scorer.score(reference, hypothesis)
        values = {name: rouge[name].fmeasure for name in names[:3]}
        values["meteor"] = single_meteor_score(word_tokenize(reference), word_tokenize(hypothesis))
        sums = {name: sums[name] + values[name] for name in names}
        yield "pairs.jsonl", {"id": i, "hypothesis": hypothesis, "reference": reference}
        yield "metrics_per_pair.jsonl", {"id": i, **values,
                                         "bleu": sacrebleu.sentence_bleu(hypothesis, [reference]).score}
    bleu = sacrebleu.metrics.BLEU()
    score = bleu.corpus_score([h for h, _ in pairs], [[r for _, r in pairs]])
    yield "metrics_corpus.json", {
        "bleu": score.score, "bleu_precisions": score.precisions, "bleu_bp": score.bp,
        "bleu_sys_len": score.sys_len, "bleu_ref_len": score.ref_len, "bleu_counts": score.counts,
        "bleu_totals": score.totals, "bleu_signature": str(bleu.get_signature()),
        **{name: sums[name] / len(pairs) for name in names}}


def tokens(reviews, rng, n_cases, _seed):
    from nltk.tokenize import sent_tokenize, word_tokenize
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
    bleu = Tokenizer13a()
    texts = [t for pair in PAIRS for t in pair]
    texts += [r["text"] for r in rng.sample(reviews, min(n_cases, len(reviews)))]
    for text in texts:
        yield {"text": text, "sentences": sent_tokenize(text), "words": word_tokenize(text),
               "bleu_13a": bleu(text).split()}


def porter(reviews, rng, n_cases, _seed):
    from nltk.stem.porter import PorterStemmer
    stemmer = PorterStemmer()
    words = {w for r in reviews for w in re.findall(r"[A-Za-z'-]+", r["text"].lower())}
    some = rng.sample(sorted(words), min(10 * n_cases, len(words)))
    for word in sorted({*some, "well-made", "5-star", "c++", "n't", "caf\u00e9", "yyy", "owed", "skies"}):
        yield {"word": word, "stem": stemmer.stem(word)}


MAKERS = {f.__name__: f for f in (bm25, kmeans, metrics, tokens, porter)}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("reviews")
    options.add_argument("out")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cases", type=int, default=60)
    options.add_argument("--only", default=",".join(MAKERS))
    given = options.parse_args()
    os.makedirs(given.out, exist_ok=True)
    reviews = read_reviews(given.reviews)
    for name in given.only.split(","):
        rng = random.Random(f"{given.seed} {name}")      # a file does not depend on which others are made
        files = {}
        for case in MAKERS[name](reviews, rng, given.cases, given.seed):
            file, case = case if isinstance(case, tuple) else (f"{name}.jsonl", case)
            if file not in files:
                files[file] = open(os.path.join(given.out, file), "w", encoding="utf-8")
            files[file].write(json.dumps(case, ensure_ascii=False) + "\n")
        for f in files.values():
            f.close()


if __name__ == "__main__":
    main()
