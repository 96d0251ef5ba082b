#!/usr/bin/env python3
"""Fetch one file of a project from the Python package index, checked by SHA-256.

usage: fetch.py PROJECT FILE SHA256 DEST

The index is the one pip uses on this machine: $PIP_INDEX_URL, then pip's configuration, then
pip's built-in default. pip itself is not used to download, because `pip download` of a source
distribution runs that project's build code.
"""
import base64
import hashlib
import html.parser
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
CHUNK = 1 << 20
TRIES = 4


def pip_setting(name):
    """pip's value of a global setting, environment first, or None."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"))
    if value:
        return value
    for section in ("global", "install", "download"):
        r = subprocess.run([sys.executable, "-m", "pip", "config", "get", section + "." + name],
                           capture_output=True, text=True)
        if r.returncode == 0 and r.stdout.strip():
            return r.stdout.strip().splitlines()[-1]
    return None


def index_url():
    url = pip_setting("index-url")
    if not url:
        try:
            from pip._internal.models.index import PyPI
        except ImportError:
            sys.exit("deps: python3 has no pip to ask for the package index: set PIP_INDEX_URL")
        url = PyPI.simple_url
    return url.rstrip("/") + "/"


def opener():
    """An opener that trusts what pip and curl trust here, and answers a user name in the URL."""
    ca = pip_setting("cert")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        ca = ca or os.environ.get(name)
    context = ssl.create_default_context(cafile=ca or None)
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))


def request(url, headers):
    """A request for url; a user and password in it become a basic Authorization header."""
    parts = urllib.parse.urlsplit(url)
    if parts.username:
        pair = urllib.parse.unquote(parts.username) + ":" + urllib.parse.unquote(parts.password or "")
        headers = dict(headers, Authorization="Basic " + base64.b64encode(pair.encode()).decode())
        url = urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return urllib.request.Request(url, headers=headers)


class Links(html.parser.HTMLParser):
    """The links of an HTML index page."""

    def __init__(self):
        super().__init__()
        self.urls = []

    def handle_starttag(self, tag, attrs):
        if tag == "a" and dict(attrs).get("href"):
            self.urls.append(dict(attrs)["href"])


def find_file(get, project, name, sha256):
    """The address of the file called name in the project's index entry."""
    page = index_url() + project + "/"
    with get.open(request(page, {"Accept": ACCEPT}), timeout=60) as reply:
        kind, body = reply.headers.get_content_type(), reply.read()
    if kind.endswith("json"):
        urls = [f["url"] for f in json.loads(body)["files"]
                if f["filename"] == name and f["hashes"].get("sha256", sha256) == sha256]
    else:
        links = Links()
        links.feed(body.decode("utf-8", "replace"))
        urls = [u for u in links.urls
                if urllib.parse.unquote(urllib.parse.urlsplit(u).path).endswith("/" + name)]
    if not urls:
        raise LookupError("%s is not in the index entry of %s" % (name, project))
    return urllib.parse.urljoin(page, urls[0]).partition("#")[0]


def digest(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        for piece in iter(lambda: f.read(CHUNK), b""):
            h.update(piece)
    return h.hexdigest()


def download(get, url, part):
    """Continue the partial file at part until the server has no more."""
    have = os.path.getsize(part) if os.path.exists(part) else 0
    headers = {"Range": "bytes=%d-" % have} if have else {}
    try:
        reply = get.open(request(url, headers), timeout=60)
    except urllib.error.HTTPError as e:
        if e.code == 416:  # nothing left to send: the checksum decides
            return
        raise
    with reply, open(part, "ab" if reply.status == 206 else "wb") as out:
        for piece in iter(lambda: reply.read(CHUNK), b""):
            out.write(piece)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    project, name, sha256, dest = sys.argv[1:]
    if os.path.exists(dest):
        if digest(dest) == sha256:
            return
        print("deps: %s has the wrong checksum, fetching it again" % dest, file=sys.stderr)
        os.remove(dest)
    part, get = dest + ".part", opener()
    for attempt in range(TRIES):
        try:
            download(get, find_file(get, project, name, sha256), part)
            if digest(part) == sha256:
                os.replace(part, dest)
                return
            error = "wrong checksum"
            os.remove(part)
        except (OSError, LookupError, ValueError) as e:
            error = str(e)
        if attempt + 1 < TRIES:
            print("deps: %s: %s, trying again" % (name, error), file=sys.stderr)
            time.sleep(2 << attempt)
    sys.exit("deps: cannot fetch '%s' of %s: %s" % (name, project, error))


main()
