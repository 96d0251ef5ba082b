#!/usr/bin/env python3
"""Scores 2,000 pairs with drp and with the Python packages, and prints how many times as fast drp is.

usage: metrics.py DRP REVIEWS.jsonl [PAIRS]    run by the peers' python (deps/peers), NLTK_DATA set

Processor time of whole processes on one core, start-up, WordNet and bootstrap intervals included; the pairs are made
from REVIEWS much as tools/golden.py makes them. The bootstrap row compares what both do with numbers alone: sacreBLEU's
paired bootstrap of BLEU against bench_resample's of all metrics, in the same number of resamples.
"""
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile

REPEATS = 3

PEER = '''
import json, sys
import sacrebleu
from nltk.tokenize import word_tokenize
from nltk.translate.meteor_score import single_meteor_score
from rouge_score import rouge_scorer
pairs = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
hypotheses, references = [p["hypothesis"] for p in pairs], [p["reference"] for p in pairs]
bleu = sacrebleu.metrics.BLEU().corpus_score(hypotheses, [references], n_bootstrap=1000)
names = ["rouge1", "rouge2", "rougeL"]
scorer = rouge_scorer.RougeScorer(names, use_stemmer=False)
rouge = [scorer.score(r, h) for h, r in zip(hypotheses, references)]
meteor = [single_meteor_score(word_tokenize(r), word_tokenize(h)) for h, r in zip(hypotheses, references)]
values = {name: sum(r[name].fmeasure for r in rouge) / len(rouge) for name in names}
print(json.dumps({"bleu": bleu.score, "meteor": sum(meteor) / len(meteor), **values}))
'''

PEER_PAIRED = '''
import json, sys, time
import sacrebleu
from sacrebleu import significance
read = lambda path: [json.loads(line) for line in open(path, encoding="utf-8")]
a, b = read(sys.argv[1]), read(sys.argv[2])
metric = sacrebleu.metrics.BLEU(references=[[p["reference"] for p in a]])
baseline, system = [p["hypothesis"] for p in a], [p["hypothesis"] for p in b]
stats = metric._extract_corpus_statistics(baseline, None)
info = {"BLEU": (stats, significance.Result(metric._aggregate_and_compute(stats).score))}
# Counting is done once: what is timed is the test, without the tokenisation and counting of the system's texts.
counted = metric._extract_corpus_statistics(system, None)
metric._extract_corpus_statistics = lambda *_: counted
start = time.process_time()
_, result = significance._paired_bs_test(info, "b", system, None, {"BLEU": metric}, 1000, seed=12345)
print(json.dumps({"seconds": time.process_time() - start, "p": result["BLEU"].p_value}))
'''


def make_pairs(reviews, n, seed):
    """Half copies, other reviews and shuffled words, beside the review itself."""
    rng = random.Random(seed)
    pairs = []
    for i in range(n):
        a, b = rng.choice(reviews), rng.choice(reviews)
        words = a.split()
        hypothesis = rng.choice([b, " ".join(words[: len(words) // 2]), " ".join(rng.sample(words, len(words)))])
        pairs.append({"id": i, "hypothesis": hypothesis, "reference": a})
    return pairs


def write(path, pairs):
    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(p, ensure_ascii=False) + "\n" for p in pairs)


def run_once(command):
    """Processor seconds of a command on one core, and its output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(["taskset", "-c", "0", *command], check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out


def timed(command):
    """Median of several runs, and the last output."""
    runs = [run_once(command) for _ in range(REPEATS)]
    return statistics.median(seconds for seconds, _ in runs), runs[-1][1]


def row(what, ours, theirs, unit="s"):
    print(f"{what:<44} {ours:9.3f} {unit}  peer {theirs:9.3f} {unit}  {theirs / ours:7.1f} x")


def main():
    drp, path = sys.argv[1], sys.argv[2]
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
    with open(path, encoding="utf-8") as f:
        rows = [json.loads(line) for line in f]
    reviews = [r.get("text") or r["reviewText"] for r in rows]
    reviews = [text for text in reviews if len(text) >= 40]
    with tempfile.TemporaryDirectory() as folder:
        a, b = os.path.join(folder, "a.jsonl"), os.path.join(folder, "b.jsonl")
        pairs = make_pairs(reviews, n, 1)
        write(a, pairs)
        others = make_pairs(reviews, n, 2)
        write(b, [{**p, "hypothesis": q["hypothesis"]} for p, q in zip(pairs, others)])
        punkt = os.path.join(os.environ["NLTK_DATA"], "tokenizers", "punkt_tab", "english")

        ours, out = timed([drp, "eval", "--pairs", a, "--json", "--punkt", punkt])
        theirs, peer = run_once([sys.executable, "-c", PEER, a])
        mine, other = json.loads(out), json.loads(peer)
        for name, value in other.items():
            if abs(mine[name] - value) > 1e-9:
                sys.exit(f"{name}: {mine[name]} differs from the peer's {value}")
        print(f"{n} pairs of {sum(map(len, reviews)) // len(reviews)} characters on one core; equal to 1e-9")
        row("BLEU, ROUGE, METEOR, intervals: process", ours, theirs)

        tests = [json.loads(run_once([sys.executable, "-c", PEER_PAIRED, a, b])[1]) for _ in range(REPEATS)]
        their_test = {"p": tests[0]["p"], "seconds": statistics.median(t["seconds"] for t in tests)}
        bench = os.path.join(os.path.dirname(drp), "bench", "bench_resample")
        ours = statistics.median(float(run_once([bench, str(n)])[1].split()[0]) for _ in range(REPEATS))
        row("paired bootstrap, 1,000 resamples: test", ours, 1000 * their_test["seconds"], "ms")
        compare, out = timed([drp, "compare", "--pairs", a, "--pairs", b, "--json", "--punkt", punkt, "--trials", "1"])
        test = json.loads(out)["systems"][1]["tests"]["bleu"]
        if abs(test["p_bootstrap"] - their_test["p"]) > 1e-12:
            sys.exit(f"p-value: {test['p_bootstrap']} differs from the peer's {their_test['p']}")
        print(f"{'drp compare, all metrics: process':<44} {compare:9.3f} s")


main()
