#!/usr/bin/env python3
"""Asks one instant HTTP server by engine openai and by asyncio + httpx, and prints what a call costs each of them.

usage: calls.py DRP [REVIEWS [CALLS]]    run by the peers' python (deps/peers)

Processor time of the client alone, start-up excluded, 64 questions in flight over the loopback; the server is a process
of its own (bench_http --serve) and answers both with the same bytes. Both send questions of one size and take the text,
the reason of the end and the counts out of the stream; drp does besides what every call of it needs (key, table of
equal questions, limits), Python does not.
"""
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time

import httpx

REPEATS = 3
IN_FLIGHT = 64
OURS = 20000
WORDS = " words" * 160


def read_stream(text):
    answer, finish, usage = [], None, None
    for line in text.split("\n"):
        if not line.startswith("data: ") or line == "data: [DONE]":
            continue
        event = json.loads(line[6:])
        usage = event.get("usage", usage)
        for choice in event["choices"]:
            answer.append(choice["delta"].get("content", ""))
            finish = choice.get("finish_reason", finish)
    return "".join(answer), finish, usage


async def ask(client, url, numbers):
    for number in numbers:
        question = {
            "model": "m",
            "messages": [{"role": "user", "content": f"question {number}:{WORDS}"}],
            "temperature": 0,
            "max_tokens": 512,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        reply = await client.post(url + "/chat/completions", json=question)
        reply.raise_for_status()
        if read_stream(reply.text)[:2] != ("good answer", "stop"):
            sys.exit("the peer got another answer")


async def ask_all(url, n):
    """Microseconds of processor a call; the connections are there before it begins."""
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        for counted, per_task in ((False, 1), (True, n // IN_FLIGHT)):
            start = time.process_time()
            await asyncio.gather(*(ask(client, url, range(i, i + per_task)) for i in range(IN_FLIGHT)))
            if counted:
                return 1e6 * (time.process_time() - start) / (per_task * IN_FLIGHT)


def main():
    bench = os.path.join(os.path.dirname(sys.argv[1]), "bench", "bench_http")
    n = max(int(sys.argv[3]) if len(sys.argv) > 3 else 2000, IN_FLIGHT)
    server = subprocess.Popen([bench, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().strip()
        command = [bench, "--ask", url, str(OURS)]
        ours = statistics.median(
            float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.split()[0])
            for _ in range(REPEATS)
        )
        theirs = statistics.median(asyncio.run(ask_all(url, n)) for _ in range(REPEATS))
    finally:
        server.stdin.close()
        server.wait()
    print(f"{'a call to an instant server: processor':<44} {ours:9.1f} us peer {theirs:9.1f} us {theirs / ours:7.1f} x")


main()
